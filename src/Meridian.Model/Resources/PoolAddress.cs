using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>One address of a pool.</summary>
public sealed record PoolAddress
{
    [Field("An IPv4 or IPv6 address or a host name")]
    public required string Value { get; init; }

    [Field("Port of the service, for probes and the gateway", Min = "1", Max = "65535")]
    public int? Port { get; init; }

    [Field("Share under policy Weighted and Sticky; 0 is used only when nothing else is up", Min = "0", Max = "1000000")]
    public int Weight { get; init; } = 1;

    [Field("Requests that it can do at a time", Min = "1", Max = "1000000", Default = "the LoadSignal's `capacity`")]
    public int? Capacity { get; init; }

    [Field("false takes the address out without deleting it")]
    public bool Enabled { get; init; } = true;

    [Field("Name of the Site where this address is, for policy Nearest", Default = "the pool's `site`")]
    public string? Site { get; init; }
}
