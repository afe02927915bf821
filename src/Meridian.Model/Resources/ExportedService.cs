using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind(
    "A Service in clusters that leads to the addresses of an endpoint, wherever they are; " +
    "kept in step with the verdicts.", ShortName = "mexp")]
public sealed record ExportedService : Resource
{
    [Field("Name of the GlobalEndpoint whose addresses are meant")]
    public required string Endpoint { get; init; }

    [Field("Names of the Clusters that get the Service", Default = "the cluster that holds this resource",
        MaxItems = 256)]
    public ImmutableArray<string> Clusters { get; init; } = [];

    [Field("Namespace of the Service, which must exist")]
    public required string Namespace { get; init; }

    [Field("Name of the Service", Default = "the name of this resource")]
    public string? Service { get; init; }

    [Field("Port of the Service", Min = "1", Max = "65535")]
    public required int Port { get; init; }

    [Field("Port of the addresses", Min = "1", Max = "65535", Default = "`port`")]
    public int? TargetPort { get; init; }

    /// <summary><see cref="Service"/> with its default applied.</summary>
    public string ServiceName => Service ?? Name;
}
