using Meridian.Gateway.Routing;
using Meridian.Model.Loads;
using Meridian.Steering.Loads;

namespace Meridian.Gateway.Upstreams;

/// <summary>
/// What an address last said of its load. Between two reports the gateway corrects it by its own requests that have
/// come and gone since: old figures, taken as they are, send everybody to the same place.
/// </summary>
internal sealed class ReportedLoad(TimeProvider time)
{
    private volatile Report? _last;

    /// <param name="figure">What the address said.</param>
    /// <param name="inFlight">This gateway's requests under way at that moment.</param>
    public void Update(LoadFigure figure, int inFlight) => _last = new Report(figure, inFlight, time.GetTimestamp());

    /// <summary>
    /// How busy it says it is; null where it has said nothing lately, or nothing from which that can be told.
    /// </summary>
    public double? Utilisation(in TargetCapacity capacity, int inFlight)
    {
        if (Fresh() is not { } report
            || report.Figure.Utilisation(capacity.Signal, capacity.Requests) is not { } reported)
            return null;
        return capacity.Requests is { } most
            ? Math.Max(0, reported + ((inFlight - report.InFlight) / most)) : reported;
    }

    /// <summary>
    /// Requests under way there, whoever sent them; this gateway's own where it has not said it lately.
    /// </summary>
    public double Requests(int inFlight) => Fresh() is { Figure.Work: { } work } report
        ? Math.Max(inFlight, work + inFlight - report.InFlight) : inFlight;

    private Report? Fresh() =>
        _last is { } report && time.GetElapsedTime(report.At) <= WeightLaw.StaleAfter ? report : null;

    private sealed record Report(LoadFigure Figure, int InFlight, long At);
}
