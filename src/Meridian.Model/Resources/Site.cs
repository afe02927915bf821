using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("A place where services run: a region, a cluster, a machine room.", ShortName = "msite")]
public sealed record Site : Resource
{
    [Field("Degrees north", Min = "-90", Max = "90")]
    public required double Latitude { get; init; }

    [Field("Degrees east", Min = "-180", Max = "180")]
    public required double Longitude { get; init; }

    [Field("ISO 3166-1 alpha-2 code of the country, shown to people")]
    public string? Country { get; init; }
}
