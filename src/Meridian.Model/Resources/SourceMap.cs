using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("Who asks, and which pools they get, for policy SourceMap.", ShortName = "msm")]
public sealed record SourceMap : Resource
{
    [Field("The groups of clients. The longest network wins, then an AS number, a country, a continent")]
    public required ImmutableArray<Source> Sources { get; init; }

    [Field("Pools for clients that no source matches, best first")]
    public required ImmutableArray<string> Default { get; init; }
}
