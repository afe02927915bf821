using Meridian.Agent.Configuration;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Services;

/// <summary>A service with its probe, which runs until it is disposed.</summary>
internal sealed class ProbedService : IAsyncDisposable
{
    private static readonly TimeSpan ConfirmInterval = TimeSpan.FromMilliseconds(200);

    private readonly Action _changed;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly ServiceProbe _probe;
    private readonly Task _loop;
    private volatile ProbeHistory _history;

    /// <param name="entry">The service.</param>
    /// <param name="changed">Called after its report has changed.</param>
    /// <param name="time">The clock.</param>
    public ProbedService(ServiceEntry entry, Action changed, TimeProvider time)
    {
        (Entry, _changed, _time, _history) = (entry, changed, time, ProbeHistory.Begin(entry.Name));
        _probe = new ServiceProbe(entry);
        _loop = Task.Run(RunAsync);
    }

    public ServiceEntry Entry { get; }

    /// <summary>What is known of it.</summary>
    public ServiceReport Report => _history.Report;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _probe.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var before = _history;
                var outcome = await _probe.RunAsync(_stop.Token);
                _history = before.With(outcome);

                // A load is reported again even if it is the same, because gateways forget an old one.
                if (Report != before.Report || outcome.Load is not null)
                    _changed();
                await Task.Delay(_history.IsSuspicious ? ConfirmInterval : Entry.Interval, _time, _stop.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }
}
