namespace Meridian.Geography;

/// <summary>Gives each distinct place a number while a file is read.</summary>
internal sealed class PlaceTable
{
    private readonly Dictionary<Place, int> _numbers = [];

    public List<Place> Places { get; } = [];

    public int NumberOf(Place place)
    {
        if (!_numbers.TryGetValue(place, out var number))
        {
            _numbers[place] = number = Places.Count;
            Places.Add(place);
        }

        return number;
    }
}
