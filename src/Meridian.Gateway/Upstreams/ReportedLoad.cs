using Meridian.Gateway.Routing;
using Meridian.Model.Loads;
using Meridian.Steering.Loads;

namespace Meridian.Gateway.Upstreams;

/// <summary>
/// What an address last said of its load. Between two words of it the gateway corrects them by its own requests that
/// have come and gone since: old figures, taken as they are, send everybody to the same place.
/// </summary>
internal sealed class ReportedLoad(TimeProvider time)
{
    private volatile Word? _last;

    /// <param name="figure">What it said.</param>
    /// <param name="inFlight">This gateway's requests under way at that moment.</param>
    public void Take(LoadFigure figure, int inFlight) => _last = new Word(figure, inFlight, time.GetTimestamp());

    /// <summary>How busy it says it is; null where it has said nothing lately, or nothing that tells it.</summary>
    public double? Utilisation(in TargetCapacity capacity, int inFlight)
    {
        if (Fresh() is not { } word || word.Figure.Utilisation(capacity.Signal, capacity.Requests) is not { } said)
            return null;
        return capacity.Requests is { } most ? Math.Max(0, said + ((inFlight - word.InFlight) / most)) : said;
    }

    /// <summary>Requests that it has, from whomever; this gateway's where it has not said it lately.</summary>
    public double Requests(int inFlight) =>
        Fresh() is { Figure.Work: { } work } word ? Math.Max(inFlight, work + inFlight - word.InFlight) : inFlight;

    private Word? Fresh() => _last is { } word && time.GetElapsedTime(word.At) <= WeightLaw.StaleAfter ? word : null;

    private sealed record Word(LoadFigure Figure, int InFlight, long At);
}
