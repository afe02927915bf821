using System.Collections.Frozen;
using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Model.Validation;

namespace Meridian.Model.Binding;

/// <summary>The table of resource kinds. Everything else that depends on a kind is derived from its line.</summary>
public static class Kinds
{
    /// <summary>The group and version that every document names.</summary>
    public const string ApiVersion = "meridian.dev/v1alpha1";

    /// <summary>Every kind with its rules, in the order of the reference page.</summary>
    public static ImmutableArray<Kind> All { get; } =
    [
        Kind.Of<Zone>(ZoneRules.Check),
        Kind.Of<Site>(SiteRules.Check),
        Kind.Of<HealthCheck>(HealthCheckRules.Check),
        Kind.Of<AddressPool>(AddressPoolRules.Check),
        Kind.Of<GlobalEndpoint>(GlobalEndpointRules.Check),
        Kind.Of<SourceMap>(SourceMapRules.Check),
        Kind.Of<LoadSignal>(LoadSignalRules.Check),
        Kind.Of<TsigKey>(TsigKeyRules.Check),
        Kind.Of<Cluster>(ClusterRules.Check),
        Kind.Of<AccessPolicy>(AccessPolicyRules.Check),
        Kind.Of<ExportedService>(ExportedServiceRules.Check),
        Kind.Of<TunnelAgent>(TunnelAgentRules.Check),
        Kind.Of<Node>(NodeRules.Check),
    ];

    private static readonly FrozenDictionary<string, Kind> ByName = All.ToFrozenDictionary(k => k.Name);
    private static readonly FrozenDictionary<Type, Kind> ByType = All.ToFrozenDictionary(k => k.Type);

    /// <summary>The kind that a document names; null where there is none of the name.</summary>
    public static Kind? Find(string name) => ByName.GetValueOrDefault(name);

    /// <summary>The kind of a resource.</summary>
    public static Kind Of(Resource resource) => ByType[resource.GetType()];
}
