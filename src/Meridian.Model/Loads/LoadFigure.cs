using Meridian.Model.Resources;

namespace Meridian.Model.Loads;

/// <summary>One dated observation of the work at an address. A figure that the source does not give is null.</summary>
/// <param name="At">When it was made.</param>
/// <param name="Source">Where it comes from.</param>
public sealed record LoadFigure(DateTimeOffset At, LoadSource Source)
{
    /// <summary>Requests that are being worked on.</summary>
    public double? Running { get; init; }

    /// <summary>Requests that wait.</summary>
    public double? Waiting { get; init; }

    /// <summary>Use of the memory for requests, from 0 to 1.</summary>
    public double? Memory { get; init; }

    /// <summary>Utilisation as the address itself reports it: 0 idle, 1 full.</summary>
    public double? Given { get; init; }

    /// <summary>Whether it holds any figure.</summary>
    public bool SaysSomething => (Running ?? Waiting ?? Memory ?? Given) is not null;

    /// <summary>
    /// Utilisation, where it is known: what the address reports, or the tightest of its work over its capacity, its
    /// queue over what means full, and its memory over what means full.
    /// </summary>
    /// <param name="signal">The load that means full; null for the defaults.</param>
    /// <param name="capacity">Requests that the address can do at a time; null where that is not known.</param>
    public double? Utilisation(LoadSignal? signal, double? capacity)
    {
        if (Given is { } given)
            return given;
        var work = capacity > 0 && (Running ?? Waiting) is not null
            ? ((Running ?? 0) + (Waiting ?? 0)) / capacity : null;
        return Largest(work, Largest(Waiting / (signal?.FullQueue ?? LoadSignal.DefaultFullQueue),
            Memory / (signal?.FullMemory ?? LoadSignal.DefaultFullMemory)));
    }

    /// <summary>
    /// The work alone: it can be compared among pools and does not say how full one is. Null where it is not known.
    /// </summary>
    public double? Work => Running is null && Waiting is null ? null : (Running ?? 0) + (Waiting ?? 0);

    private static double? Largest(double? one, double? other) => one is null || other > one ? other : one;
}
