using System.Collections.Concurrent;
using Meridian.Model.Loads;

namespace Meridian.Load;

/// <summary>
/// The latest figure of each address from each source. Any thread may write; readers see whole figures.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="staleAfter">Age after which the gateway's own count is used instead of a figure.</param>
public sealed class LoadBook(TimeProvider time, TimeSpan staleAfter) : ILoads
{
    // The part of a difference that is believed in a tick.
    private const double Belief = 0.1;

    private readonly ConcurrentDictionary<LoadKey, AddressFigures> _addresses = [];

    /// <summary>Records a figure; one that is older than what its source said before is dropped.</summary>
    public void Add(LoadKey key, LoadFigure figure)
    {
        var known = _addresses.GetOrAdd(key, _ => new AddressFigures());
        ref var place = ref known.Figures[(int)figure.Source];
        var before = Volatile.Read(ref place);
        if (before is null || before.At <= figure.At)
            Volatile.Write(ref place, figure);
    }

    /// <summary>
    /// Records, once a tick, how much traffic has shown that an address can do at a time. The value comes in powers of
    /// two and is believed slowly.
    /// </summary>
    public void Learn(LoadKey key, double? capacity)
    {
        if (capacity is not { } seen)
            return;
        var known = _addresses.GetOrAdd(key, _ => new AddressFigures());
        known.Capacity = [known.Capacity is [var before] ? before + (Belief * (seen - before)) : seen];
    }

    /// <summary>
    /// The newest figure that the address itself gave. Where that is old, or was never given, it is what a gateway has
    /// sent there, which is never old but covers one gateway alone.
    /// </summary>
    public LoadFigure? Of(LoadKey key)
    {
        if (!_addresses.TryGetValue(key, out var known))
            return null;
        LoadFigure? newest = null;
        foreach (var source in (ReadOnlySpan<LoadSource>)[LoadSource.Scrape, LoadSource.Report, LoadSource.Health])
        {
            var figure = Volatile.Read(ref known.Figures[(int)source]);
            if (figure is not null && (newest is null || figure.At > newest.At))
                newest = figure;
        }

        var own = Volatile.Read(ref known.Figures[(int)LoadSource.Gateway]);
        return newest is not null && (own is null || time.GetUtcNow() - newest.At <= staleAfter) ? newest : own;
    }

    public double? LearnedCapacity(LoadKey key) =>
        _addresses.TryGetValue(key, out var known) ? known.Capacity?[0] : null;

    /// <summary>Forgets all addresses but these.</summary>
    public void Keep(IReadOnlySet<LoadKey> wanted)
    {
        foreach (var key in _addresses.Keys)
        {
            if (!wanted.Contains(key))
                _addresses.TryRemove(key, out _);
        }
    }

    private sealed class AddressFigures
    {
        // One place for each source.
        public LoadFigure?[] Figures { get; } = new LoadFigure?[Enum.GetValues<LoadSource>().Length];

        // Boxed, so that it is read whole.
        public volatile double[]? Capacity;
    }
}
