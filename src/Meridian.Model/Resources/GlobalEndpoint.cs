using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("A host name that clients use, with the policy that picks among its pools.", ShortName = "gep")]
[Rule("size(self.pools) > 0",
    "an endpoint needs pools")]
// CEL knows no days, and neither of them may be longer than one.
[Rule("!has(self.minTtl) || self.ttl.contains('d') || (self.minTtl.contains('d') ? " +
    "self.minTtl.startsWith('0') || duration(self.ttl) >= duration('24h') : " +
    "duration(self.minTtl) <= duration(self.ttl))",
    "minTtl must not be longer than ttl")]
[Rule("(self.policy == 'SourceMap') == has(self.sourceMap)",
    "sourceMap goes with policy SourceMap, and only with it")]
[Rule("(self.whenAllDown == 'Fallback') == has(self.fallback)",
    "fallback goes with whenAllDown Fallback, and only with it")]
[Rule("self.weights != 'auto' || self.policy in ['Weighted', 'Sticky', 'LeastLoad']",
    "weights auto goes with policy Weighted, Sticky and LeastLoad")]
public sealed record GlobalEndpoint : Resource
{
    /// <summary>Most pools of an endpoint: it keeps a choice among them within a few kilobytes of stack.</summary>
    public const int MaxPools = 256;

    [Field("The name, inside one of the zones; may start with `*.`")]
    public required string Hostname { get; init; }

    [Field("false: defined, probed and shown, but not answered")]
    public bool Enabled { get; init; } = true;

    [Field("Time to live of the answer when all is calm", Min = "0s", Max = "1d")]
    public TimeSpan Ttl { get; init; } = TimeSpan.FromSeconds(10);

    [Field("Time to live while the answer might change soon", Min = "0s", Max = "1d",
        Default = "`ttl` or 2s, the smaller")]
    public TimeSpan? MinTtl { get; init; }

    [Field("How pools are ordered")]
    public EndpointPolicy Policy { get; init; } = EndpointPolicy.Nearest;

    [Field("`auto`: the pools' weights, under policy Weighted and Sticky, are corrected by what the pools have to do")]
    public WeightSource Weights { get; init; } = WeightSource.Fixed;

    [Field("Name of the SourceMap, for policy SourceMap")]
    public string? SourceMap { get; init; }

    [Field("The pools that may serve the name", MaxItems = MaxPools)]
    public required ImmutableArray<EndpointPool> Pools { get; init; }

    [Field("Most addresses in one answer", Min = "1", Max = "64")]
    public int MaxAnswers { get; init; } = 4;

    [Field("End the answer with an address of the next-best pool")]
    public bool BackupAnswer { get; init; }

    [Field("What to answer when no pool is up")]
    public WhenAllDown WhenAllDown { get; init; } = WhenAllDown.ServeAll;

    [Field("What to answer under `whenAllDown: Fallback`")]
    public Fallback? Fallback { get; init; }

    [Field("Publish an HTTPS record (RFC 9460) with these parameters", Default = "none")]
    public EndpointHttps? Https { get; init; }

    [Field("Serve the name through the HTTP gateway too", Default = "none")]
    public EndpointGateway? Gateway { get; init; }

    [Field("How a recovered pool takes up its share again")]
    public Recovery Recovery { get; init; } = new();

    [Field("Limits what health checks may remove by themselves")]
    public Guard Guard { get; init; } = new();

    /// <summary>Whether the weights of its pools follow their load.</summary>
    public bool FollowsLoad => Traits.WeighsByLoad || Weights == WeightSource.Auto;

    /// <summary>What its policy needs and uses.</summary>
    public EndpointPolicyTraits Traits => EndpointPolicyTraits.Of(Policy);

    /// <summary><see cref="MinTtl"/> with its default applied.</summary>
    public TimeSpan EffectiveMinTtl => MinTtl ?? (Ttl < TimeSpan.FromSeconds(2) ? Ttl : TimeSpan.FromSeconds(2));
}
