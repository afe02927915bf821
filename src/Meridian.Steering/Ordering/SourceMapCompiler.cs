using Meridian.Addresses;
using Meridian.Geography;
using Meridian.Model.Resources;

namespace Meridian.Steering.Ordering;

/// <summary>
/// Compiles who asks → which source: the longest network, then AS number, country, continent, default.
/// </summary>
internal static class SourceMapCompiler
{
    /// <summary>Address → index of the source; the number of sources stands for the default.</summary>
    public static AddressMap Compile(SourceMap map, GeoDatabase geo)
    {
        var byCountry = Index(s => s.Countries);
        var byContinent = Index(s => s.Continents);
        var bySystem = Index(s => s.Asns.Select(a => (uint)a));
        var places = geo.Places.Select(place => place < 0 ? map.Sources.Length : OfPlace(geo.PlaceList[place]));
        var systems = geo.Systems.Select(asn =>
            asn != AddressMap.Nothing && bySystem.TryGetValue((uint)asn, out var source) ? source : AddressMap.Nothing);
        var networks = AddressMap.FromNetworks(map.Sources
            .SelectMany((s, i) => s.Networks.Select(n => (NetworkText.Parse(n), i))));
        return AddressMap.Combine(AddressMap.Combine(places, systems, Above), networks, Above);

        static int Above(int below, int above) => above == AddressMap.Nothing ? below : above;

        int OfPlace(Place place) =>
            place.Country is not null && byCountry.TryGetValue(place.Country, out var source) ? source :
            place.Continent is not null
                && byContinent.TryGetValue(place.Continent, out source) ? source : map.Sources.Length;

        Dictionary<T, int> Index<T>(Func<Source, IEnumerable<T>> keys) where T : notnull =>
            map.Sources.SelectMany((s, i) => keys(s).Select(k => (k, i))).DistinctBy(k => k.k)
            .ToDictionary(k => k.k, k => k.i);
    }
}
