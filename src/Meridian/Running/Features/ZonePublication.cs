using System.Collections.Immutable;
using Meridian.Dns.Sockets;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Running.Control;

namespace Meridian.Running.Features;

/// <summary>
/// Puts zones into the holder that queries read. Zones that others copy are compared with their last version first,
/// beside the control loop: a zone of a million records takes seconds, and verdicts must not wait for that. While one
/// state is published the latest other one waits, and those between are never published.
/// </summary>
/// <param name="publish">Gives zones their serials.</param>
/// <param name="holder">Where queries find zones.</param>
/// <param name="published">Called with the compiled and the served zones, and with the origins of new versions.</param>
/// <param name="failed">Called when zones cannot be published; they are tried again.</param>
/// <param name="time">The clock.</param>
internal sealed class ZonePublication(
    Func<ZoneSet, IReadOnlyCollection<DnsName>?, (ZoneSet Zones, ImmutableArray<DnsName> Changed)> publish,
    ZoneHolder holder,
    Action<ZoneSet, ZoneSet, ImmutableArray<DnsName>> published, Action<Exception> failed, TimeProvider time)
    : IAsyncDisposable
{
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private NodeState? _wanted;
    private NodeState? _served;
    private TaskCompletionSource _next = NewSource();
    private Task _running = Task.CompletedTask;
    private bool _isRunning;
    private bool _hasServed;
    private volatile bool _hasFailed;
    private long _since;

    /// <summary>Whether the zones of one state have been compared for minutes.</summary>
    public bool IsStalled
    {
        get
        {
            lock (_lock)
                return _isRunning && time.GetElapsedTime(_since) > StallLimit;
        }
    }

    /// <summary>Whether the zones that were wanted last could not be published, and are to be given again.</summary>
    public bool HasFailed => _hasFailed;

    /// <summary>
    /// Serves the zones of a state. The first ones, and those that nobody copies, are served when this returns.
    /// Called on the control loop.
    /// </summary>
    public void Serve(NodeState state)
    {
        bool atOnce;
        lock (_lock)
        {
            _wanted = state;
            if (_isRunning)
                return;
            _isRunning = true;
            atOnce = !_hasServed || !state.Zones.Zones.Any(z => z.Policy.IsPublished);
            _hasServed = true;
        }

        if (atOnce)
            Run();
        else
            _running = Task.Run(Run);
    }

    /// <summary>Ends when the zones that were given last have been published.</summary>
    public Task WhenServed()
    {
        lock (_lock)
            return _isRunning ? _next.Task : Task.CompletedTask;
    }

    public async ValueTask DisposeAsync() => await Task.WhenAny(_running, Task.Delay(StopLimit, time));

    private void Run()
    {
        while (true)
        {
            NodeState state;
            TaskCompletionSource done;
            lock (_lock)
            {
                if (_wanted is not { } wanted)
                {
                    _isRunning = false;
                    _next.TrySetResult();
                    _next = NewSource();
                    return;
                }

                (state, _wanted, _since) = (wanted, null, time.GetTimestamp());
                (done, _next) = (_next, NewSource());
            }

            Publish(state);
            done.TrySetResult();
        }
    }

    // A fault of ours leaves the zones from before in force, and must not end the process.
    private void Publish(NodeState state)
    {
        try
        {
            var (zones, changed) = publish(state.Zones, ChangedNames(_served, state));
            holder.Current = zones;
            _served = state;
            published(state.Zones, zones, changed);
            _hasFailed = false;
        }
        catch (Exception e)
        {
            if (!_hasFailed)
                failed(e); // once, and not at every attempt
            (_served, _hasFailed) = (null, true);
        }
    }

    // The names whose answers can be others than before; null where anything can.
    private static DnsName[]? ChangedNames(NodeState? before, NodeState now)
    {
        if (before is null || !ReferenceEquals(before.Zones, now.Zones)
            || before.Table.Endpoints.Length != now.Table.Endpoints.Length)
            return null;
        return
        [
            .. from pair in before.Table.Endpoints.Zip(now.Table.Endpoints)
               where !ReferenceEquals(pair.First, pair.Second)
               let name = DnsName.TryParse(pair.Second.Endpoint.Hostname, null, out var parsed, out _) ? parsed : null
               where name is not null
               select name,
        ];
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
