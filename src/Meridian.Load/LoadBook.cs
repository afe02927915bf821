using System.Collections.Concurrent;
using Meridian.Model.Loads;

namespace Meridian.Load;

/// <summary>
/// The latest figure of each address from each source. Anybody may write; who reads sees whole figures.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="staleAfter">How old a figure may be before the gateway's own word is better.</param>
public sealed class LoadBook(TimeProvider time, TimeSpan staleAfter) : ILoads
{
    // Of the difference, in a tick.
    private const double Belief = 0.1;

    private readonly ConcurrentDictionary<LoadKey, Page> _pages = [];

    /// <summary>Files a figure; one that is older than what its source said before is dropped.</summary>
    public void Add(LoadKey key, LoadFigure figure)
    {
        var page = _pages.GetOrAdd(key, _ => new Page());
        ref var place = ref page.Figures[(int)figure.Source];
        var before = Volatile.Read(ref place);
        if (before is null || before.At <= figure.At)
            Volatile.Write(ref place, figure);
    }

    /// <summary>
    /// What traffic has shown that an address can do at a time, once a tick: it is learned in powers of two, and
    /// believed slowly.
    /// </summary>
    public void Learn(LoadKey key, double? capacity)
    {
        if (capacity is not { } seen)
            return;
        var page = _pages.GetOrAdd(key, _ => new Page());
        page.Capacity = [page.Capacity is [var known] ? known + (Belief * (seen - known)) : seen];
    }

    /// <summary>
    /// The newest figure that the address itself gave; where that is old or was never given, what a gateway has sent
    /// there, which is never old but tells of one gateway alone.
    /// </summary>
    public LoadFigure? Of(LoadKey key)
    {
        if (!_pages.TryGetValue(key, out var page))
            return null;
        LoadFigure? newest = null;
        foreach (var source in (ReadOnlySpan<LoadSource>)[LoadSource.Scrape, LoadSource.Report, LoadSource.Health])
        {
            if (Volatile.Read(ref page.Figures[(int)source]) is { } figure && (newest is null || figure.At > newest.At))
                newest = figure;
        }

        var own = Volatile.Read(ref page.Figures[(int)LoadSource.Gateway]);
        return newest is not null && (own is null || time.GetUtcNow() - newest.At <= staleAfter) ? newest : own;
    }

    public double? LearnedCapacity(LoadKey key) => _pages.TryGetValue(key, out var page) ? page.Capacity?[0] : null;

    /// <summary>Forgets all addresses but these.</summary>
    public void Keep(IReadOnlySet<LoadKey> wanted)
    {
        foreach (var key in _pages.Keys)
        {
            if (!wanted.Contains(key))
                _pages.TryRemove(key, out _);
        }
    }

    private sealed class Page
    {
        // One place a source.
        public LoadFigure?[] Figures { get; } = new LoadFigure?[Enum.GetValues<LoadSource>().Length];

        // Boxed, so that it is read whole.
        public volatile double[]? Capacity;
    }
}
