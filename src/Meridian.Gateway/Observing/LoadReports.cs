using Meridian.Gateway.Routing;
using Meridian.Load.Reports;
using Meridian.Model.Loads;

namespace Meridian.Gateway.Observing;

/// <summary>Receives the load reports that come with answers.</summary>
/// <param name="reported">Called with each figure; must be quick.</param>
/// <param name="time">The clock.</param>
internal sealed class LoadReports(Action<LoadKey, LoadFigure> reported, TimeProvider time)
{
    /// <summary>
    /// Receives a field of an answer that is a report; where the address has no load signal, nothing happens.
    /// </summary>
    public void Receive(Target target, string name, string value)
    {
        if (target.Capacity.Signal is not { Reports: true }
            || LoadReport.Read(name, value, time.GetUtcNow()) is not { } figure)
            return;
        target.Upstream.Reported.Update(figure, target.Upstream.InFlight);
        reported(target.Key, figure);
    }
}
