using System.Collections.Immutable;
using System.Net;

namespace Meridian.Drill;

/// <summary>What a drill checks and how often.</summary>
public sealed record DrillOptions
{
    public required Uri Url { get; init; }

    /// <summary>The name server to ask; null for the system's.</summary>
    public IPEndPoint? Resolver { get; init; }

    /// <summary>The ways to reach the service, each with a check at every interval.</summary>
    public ImmutableArray<DrillWay> Ways { get; init; } = [DrillWay.Dns];

    /// <summary>The gateway to go through, for <see cref="DrillWay.Gateway"/>.</summary>
    public IPEndPoint? Gateway { get; init; }

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    public int Checks { get; init; } = 180;

    /// <summary>The status that counts as success.</summary>
    public int Expect { get; init; } = 200;

    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>Response header that names the site.</summary>
    public string SiteHeader { get; init; } = "x-meridian-site";
}
