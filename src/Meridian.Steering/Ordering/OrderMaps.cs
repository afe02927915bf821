using System.Collections.Immutable;
using Meridian.Geography;
using Meridian.Model.Resources;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Ordering;

/// <summary>
/// The maps of one compile. A map that several endpoints need, or that the table before has, is made once: over a large
/// geography it takes a tenth of a second and megabytes.
/// </summary>
/// <param name="geo">Where clients are.</param>
/// <param name="previous">The table before.</param>
internal sealed class OrderMaps(GeoDatabase geo, SteeringTable? previous)
{
    private readonly Dictionary<string, OrderMap> _nearness = [];
    private readonly Dictionary<SourceMap, AddressMap> _sources = [];
    private bool _seeded;

    /// <summary>Orders things by the distance of their sites; those without a site come last.</summary>
    public OrderMap ByDistance(IEnumerable<Site?> sites)
    {
        Seed();
        ImmutableArray<GeoPoint?> points =
            [.. sites.Select(s => s is null ? (GeoPoint?)null : new GeoPoint(s.Latitude, s.Longitude))];
        var key = NearnessCompiler.TextOf(points);
        if (!_nearness.TryGetValue(key, out var map))
            _nearness[key] = map = NearnessCompiler.Compile(geo, points);
        return map;
    }

    /// <summary>Address → index of the source; the number of sources stands for the default.</summary>
    public AddressMap BySource(SourceMap map)
    {
        Seed();
        if (!_sources.TryGetValue(map, out var compiled))
            _sources[map] = compiled = SourceMapCompiler.Compile(map, geo);
        return compiled;
    }

    private void Seed()
    {
        if (_seeded)
            return;
        _seeded = true;
        if (previous is null || !ReferenceEquals(previous.Geo, geo))
            return;
        foreach (var shape in previous.Endpoints.SelectMany(e => Shapes(e.Shape)))
        {
            if (shape is { SourceMap: { } source, Orders: { } orders })
                _sources[source] = orders.Map;
            foreach (var map in shape.Pools.Select(p => p.Orders).Append(shape.Orders))
            {
                if (map?.Points is { } points)
                    _nearness[points] = map;
            }
        }
    }

    private static IEnumerable<EndpointShape> Shapes(EndpointShape shape) =>
        shape.Behind is { } behind ? [shape, behind] : [shape];
}
