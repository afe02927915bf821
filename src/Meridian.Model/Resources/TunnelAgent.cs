using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("A `meridian-agent` that may dial in from a private site, and the services that it may publish. Its identity " +
    "is a certificate of the nodes' own authority, which it gets by a one-time code or by a service-account token.",
    ShortName = "mtun")]
public sealed record TunnelAgent : Resource
{
    [Field("Name of the Site where it is")]
    public string? Site { get; init; }

    [Field("How it shows who it is")]
    public TunnelIdentity Identity { get; init; } = new();

    [Field("Names of services that it may publish; `*` stands for any run of characters", MaxItems = 256)]
    public required ImmutableArray<string> Publishes { get; init; }

    [Field("Whether several processes may have its identity, each as good as the other")]
    public bool Replicas { get; init; }

    [Field("What it may use of a node")]
    public TunnelLimits Limits { get; init; } = new();
}
