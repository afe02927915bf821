using System.Collections.Concurrent;
using Meridian.Addresses;
using Meridian.Model.Loads;
using Meridian.Model.Resources;

namespace Meridian.Load.Scraping;

/// <summary>
/// Reads the metrics of all addresses at their intervals. Each has a loop of its own, so that a slow one delays nobody.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="sampled">Called with each figure, on any thread; must be quick.</param>
/// <param name="tunnels">Opens connections to services behind tunnels; null where there are none.</param>
public sealed class LoadSampler(TimeProvider time, Action<LoadKey, LoadFigure> sampled,
    Func<TunnelSource, CancellationToken, ValueTask<Stream>>? tunnels = null) : IAsyncDisposable
{
    // How far a reading may go past the time that its signal gives it.
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(1);

    private readonly Scraper _scraper = new(tunnels);
    private readonly ConcurrentDictionary<LoadKey, SampledTarget> _targets = [];
    private long _scrapes;
    private long _failures;

    /// <summary>Readings since the start, and how many of them failed.</summary>
    public (long Completed, long Failed) Scrapes => (Volatile.Read(ref _scrapes), Volatile.Read(ref _failures));

    /// <summary>An address whose reading does not end though its time has passed; null for none.</summary>
    public string? Stalled => _targets.Values.FirstOrDefault(IsStalled)?.Target.Key.Address;

    /// <summary>
    /// What was wrong with the last reading of an address; null where nothing was, or where it is not read.
    /// </summary>
    public string? FaultOf(LoadKey key) => _targets.TryGetValue(key, out var target) ? target.Fault : null;

    /// <summary>Sets what is read. Called by one thread at a time.</summary>
    public void Update(IReadOnlyCollection<LoadTarget> targets)
    {
        var wanted = targets.DistinctBy(t => t.Key).ToDictionary(t => t.Key);
        foreach (var (key, running) in _targets)
        {
            if (wanted.TryGetValue(key, out var target) && target.Signal.Scrape == running.Target.Signal.Scrape)
                wanted.Remove(key);
            else if (_targets.TryRemove(key, out _))
                _ = running.StopAsync();
        }

        foreach (var target in wanted.Values)
        {
            var running = new SampledTarget(target);
            _targets[target.Key] = running;
            running.Loop = Task.Run(() => RunAsync(running, running.Stop.Token));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_targets.Values.Select(t => t.StopAsync()));
        _scraper.Dispose();
    }

    private async Task RunAsync(SampledTarget target, CancellationToken cancellationToken)
    {
        try
        {
            using var timer = new PeriodicTimer(target.Target.Scrape.Interval, time);
            do
            {
                await SampleAsync(target, cancellationToken);
            }
            while (await timer.WaitForNextTickAsync(cancellationToken));
        }
        catch (Exception) when (cancellationToken.IsCancellationRequested)
        {
            // The loop was asked to stop; how a reading under way failed does not matter.
        }
    }

    private bool IsStalled(SampledTarget target) => target.Loop is { IsCompleted: true }
        || (target.Since is not 0 and var since
            && time.GetElapsedTime(since) > target.Target.Scrape.Timeout + StallLimit);

    private async Task SampleAsync(SampledTarget target, CancellationToken cancellationToken)
    {
        target.Since = time.GetTimestamp();
        using var timeout = new CancellationTokenSource(target.Target.Scrape.Timeout, time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            sampled(target.Target.Key, await _scraper.ReadAsync(target.Target, target.Reading, time, both.Token));
            Interlocked.Increment(ref _scrapes);
            target.Fault = null;
        }
        catch (Exception e) when (!cancellationToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref _failures);
            Interlocked.Increment(ref _scrapes);
            target.Fault = timeout.IsCancellationRequested ? "timeout" : ErrorText.Of(e);
        }

        target.Since = 0;
    }

    private sealed class SampledTarget(LoadTarget target)
    {
        private volatile string? _fault;
        private volatile Task? _loop;
        private long _since;

        public LoadTarget Target { get; } = target;

        public LoadReading Reading { get; } = new(target.Scrape);

        public CancellationTokenSource Stop { get; } = new();

        public Task? Loop { get => _loop; set => _loop = value; }

        /// <summary>When the reading that is under way began; 0 for none.</summary>
        public long Since { get => Volatile.Read(ref _since); set => Volatile.Write(ref _since, value); }

        public string? Fault { get => _fault; set => _fault = value; }

        public async Task StopAsync()
        {
            await Stop.CancelAsync();
            if (Loop is { } loop)
                await loop;
            Stop.Dispose();
        }
    }
}
