using System.Net;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Steering.Plans;

/// <summary>An address as configured: what does not change with verdicts.</summary>
public sealed record AddressShape
{
    /// <summary>As written in the pool.</summary>
    public required PoolAddress Source { get; init; }

    /// <summary>The IP address as text, or the host name, in canonical form.</summary>
    public required string Value { get; init; }

    /// <summary>The IP address; null for a host name that is answered as a CNAME.</summary>
    public IPAddress? Ip { get; init; }

    /// <summary>4 or 16 octets; empty for a host name.</summary>
    public byte[] Bytes { get; init; } = [];

    /// <summary>Name of the site, if known.</summary>
    public string? Site { get; init; }

    /// <summary>The text that it was made from: as the pool has it, or as a host name was resolved.</summary>
    internal string Written { get; init; } = "";

    /// <summary>What it is probed by; null for nothing.</summary>
    internal HealthCheck? Check { get; init; }

    /// <summary>The probe that judges it; null where the pool has no health check.</summary>
    public ProbeKey? Probe { get; init; }
}
