using System.Collections.Immutable;
using Meridian.State.Etcd;
using Meridian.State.Shared;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.State.Tests.Etcd;

public sealed class EtcdCallbacksTests : IAsyncDisposable
{
    private readonly EtcdFaults _faults = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly EtcdCallbacks _callbacks;
    private readonly List<string> _seen = [];
    private EtcdCondition _condition;
    private TimeSpan _due = Timeout.InfiniteTimeSpan;
    private Task _loop = Task.CompletedTask;

    public EtcdCallbacksTests() => _callbacks = new EtcdCallbacks(_faults, _time);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.WithinAsync(10);
        _stop.Dispose();
    }

    [Fact]
    public async Task What_changes_while_a_receiver_is_busy_comes_as_one_update()
    {
        using var gate = new SemaphoreSlim(0);
        Start(u =>
        {
            See($"{u.Before.Revision}-{u.Now.Revision}: {string.Join(' ', u.Keys)}");
            if (u.Now.Revision == 1)
                gate.Wait(TestTime.Limit(10));
        });
        _callbacks.Post(Update(0, 1, "a"));
        await UntilAsync("0-1: a");

        _callbacks.Post(Update(1, 2, "a"));
        _callbacks.Post(Update(2, 3, "b"));
        _callbacks.Post(Update(3, 4, "a"));
        gate.Release();

        await UntilAsync("0-1: a", "1-4: a b");
        Assert.Equal(4, _callbacks.Current.Revision);
    }

    [Fact]
    public async Task An_attachment_is_told_after_what_was_read()
    {
        _callbacks.Post(Update(0, 1, "a"));
        _condition = new EtcdCondition(true, 7, null);
        Start(u => See($"{_callbacks.IsAttached} {u.Now.Revision}"));

        await UntilAsync("False 1", "changed True");
    }

    [Fact]
    public async Task A_receiver_that_throws_is_told_of_and_called_again()
    {
        Start(u => throw new InvalidOperationException($"cannot take {u.Now.Revision}"));

        _callbacks.Post(Update(0, 1, "a"));
        await Wait.UntilAsync(() => _faults.Text is not null, () => "no fault");
        _callbacks.Post(Update(1, 2, "a"));

        await Wait.UntilAsync(() => _faults.Text!.Contains("cannot take 2", StringComparison.Ordinal),
            () => _faults.Text!);
    }

    [Fact]
    public async Task What_ends_by_itself_is_looked_at_when_it_is_due()
    {
        (_condition, _due) = (new EtcdCondition(true, 0, null), TimeSpan.FromSeconds(5));
        Start(_ => { });
        await UntilAsync("changed True");

        (_condition, _due) = (default, Timeout.InfiniteTimeSpan);

        await Wait.PassUntilAsync(() => _time.Advance(TimeSpan.FromSeconds(1)), () => Seen().Length == 2,
            () => string.Join("; ", Seen()));
        Assert.Equal("changed False", Seen()[1]);
    }

    private void Start(Action<SharedUpdate> updated) => _loop = Task.Run(() => _callbacks.RunAsync(updated,
        () => See($"changed {_callbacks.IsAttached}"), () => (_condition, _due), _stop.Token));

    private void See(string what)
    {
        lock (_seen)
            _seen.Add(what);
    }

    private string[] Seen()
    {
        lock (_seen)
            return [.. _seen];
    }

    private Task UntilAsync(params string[] wanted) =>
        Wait.UntilAsync(() => Seen().SequenceEqual(wanted), () => string.Join("; ", Seen()));

    private static SharedUpdate Update(long before, long now, params string[] keys) =>
        new(Snapshot(before), Snapshot(now), [.. keys]);

    private static SharedSnapshot Snapshot(long revision) => revision == 0 ? SharedSnapshot.Empty
        : new SharedSnapshot(revision, ImmutableSortedDictionary<string, SharedEntry>.Empty);
}
