using System.Collections.Immutable;
using System.Reflection;
using Meridian.Model.Resources;

namespace Meridian.Model.Binding;

/// <summary>The resource kinds that there are.</summary>
public static class Kinds
{
    /// <summary>The group and version that every document names.</summary>
    public const string ApiVersion = "meridian.dev/v1alpha1";

    /// <summary>Kind name → record type, in the order in which the documentation tells them.</summary>
    public static ImmutableArray<(KindAttribute Kind, Type Type)> All { get; } =
    [
        .. new[]
        {
            typeof(Zone), typeof(Site), typeof(HealthCheck), typeof(AddressPool), typeof(GlobalEndpoint),
                typeof(SourceMap),
            typeof(LoadSignal), typeof(TsigKey), typeof(Cluster), typeof(AccessPolicy), typeof(ExportedService),
            typeof(TunnelAgent), typeof(Node),
        }.Select(type => (type.GetCustomAttribute<KindAttribute>()!, type)),
    ];
}
