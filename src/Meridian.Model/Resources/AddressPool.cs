using System.Collections.Immutable;
using Meridian.Model.Binding;
using Meridian.Model.Values;

namespace Meridian.Model.Resources;

[Kind("The addresses of one service at one site, with the policy that picks among them.",
    ShortName = "mpool")]
[Rule("size(self.addresses) > 0",
    "a pool needs addresses")]
public sealed record AddressPool : Resource
{
    [Field("Name of the Site where the addresses are")]
    public string? Site { get; init; }

    [Field("How addresses are picked")]
    public PoolPolicy Policy { get; init; } = PoolPolicy.RoundRobin;

    [Field("Name of the HealthCheck that probes the addresses; without one they are always up")]
    public string? HealthCheck { get; init; }

    [Field("Name of the LoadSignal that tells how busy the addresses are", Default = "what a gateway has sent there")]
    public string? LoadSignal { get; init; }

    [Field("Addresses that must be up, as a count or a percentage; below it the whole pool counts as down")]
    public CountOrPercent MinHealthy { get; init; } = new(1, false);

    [Field("Resolve host names and answer with their addresses instead of a CNAME")]
    public bool Flatten { get; init; }

    [Field("The addresses: all IP addresses or all host names, unless `flatten` is set; of host names one is " +
        "answered, as a CNAME")]
    public required ImmutableArray<PoolAddress> Addresses { get; init; }

    /// <summary>Whether a host name among the addresses is, or may come to be, answered as a CNAME.</summary>
    public bool IsAlias => !Flatten && Addresses.Any(a => a.MayBeHostName);

    /// <summary>What its policy needs.</summary>
    public PoolPolicyTraits Traits => PoolPolicyTraits.Of(Policy);
}
