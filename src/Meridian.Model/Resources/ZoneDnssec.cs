using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>How a zone is signed.</summary>
public sealed record ZoneDnssec
{
    [Field("Folder with the zone's keys in PEM form, relative to the file that this resource stands in; `meridian " +
        "zone keys` makes them", IsPath = true)]
    public required string Keys { get; init; }
}
