using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Meridian.Kubernetes.Leading;
using Meridian.Kubernetes.Tests.Support;
using Meridian.TestCluster;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Kubernetes.Tests.Leading;

public sealed class LeaderElectionTests(RealServer real)
{
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(1);

    private readonly ConcurrentQueue<string> _log = [];
    private int _leaders;
    private int _most;

    [Theory, InlineData("small"), InlineData("real")]
    public async Task One_of_several_leads_and_hands_over_when_it_stops(string server)
    {
        await using var place = await TestServer.OpenAsync(server, real);
        var candidates = Enumerable.Range(0, 3).Select(i => Candidate(place, $"node-{i}", TimeProvider.System))
            .ToList();
        var terms = new List<string>();
        while (candidates.Count > 0)
        {
            var leader = await UntilLeaderAsync(candidates);
            terms.Add(leader.Leader);
            candidates.Remove(leader);
            var handover = Stopwatch.StartNew();
            await leader.DisposeAsync();
            if (candidates.Count > 0)
            {
                await UntilLeaderAsync(candidates);
                Assert.True(handover.Elapsed < TimeSpan.FromSeconds(15),
                    "the lease was not given back: it had to run out");
            }
        }

        Assert.Equal(3, terms.Distinct().Count());
        Assert.Equal(1, _most);
        var lease = await place.Client.FindAsync(ApiResources.Leases, place.Key("leader"), default);
        Assert.Equal("", (string?)lease!["spec"]!["holderIdentity"] ?? "");
        Assert.Equal(2, (int)lease["spec"]!["leaseTransitions"]!);
    }

    [Fact]
    public async Task Clocks_that_differ_by_hours_elect_one()
    {
        await using var place = await TestServer.OpenAsync("small", real);
        var now = new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);
        var (earlyClock, lateClock) = (new FakeTimeProvider(now.AddHours(-5)), new FakeTimeProvider(now.AddHours(5)));
        await using var early = Candidate(place, "early", earlyClock);
        await UntilLeaderAsync([early]);
        await using var late = Candidate(place, "late", lateClock);

        // For more than the duration of the lease: a candidate that compared clocks would take it.
        var (renewals, reads) = (place.Small!.CountOf("PUT"), place.Small.CountOf("GET"));
        await Wait.PassUntilAsync(() =>
            {
                earlyClock.Advance(Wait.Pause);
                lateClock.Advance(Wait.Pause);
            },
            () => lateClock.GetUtcNow() - lateClock.Start > 2 * Duration
                && Renewals() > 5 && place.Small.CountOf("GET") - reads - Renewals() > 5,
            () => string.Join("; ", place.Small.Requests));
        Assert.True(early.IsLeader);
        Assert.False(late.IsLeader);
        Assert.Equal(1, _most);

        int Renewals() => place.Small.CountOf("PUT") - renewals;
    }

    [Fact]
    public async Task A_leader_that_cannot_renew_stops_before_another_starts()
    {
        await using var place = await TestServer.OpenAsync("small", real);
        await using var first = Candidate(place, "first", TimeProvider.System);
        await UntilLeaderAsync([first]);
        await using var second = Candidate(place, "second", TimeProvider.System);

        // The first one's writes are refused from now on; the second one's are not.
        place.Small!.Fault = async request =>
        {
            if (request.Method != "PUT")
                return null;
            request.EnableBuffering();
            var body = await JsonNode.ParseAsync(request.Body);
            request.Body.Position = 0;
            return (string?)body!["spec"]!["holderIdentity"] == "first"
                ? new StatusException(500, "InternalError", "etcd has no leader") : null;
        };
        await UntilLeaderAsync([second]);
        Assert.False(first.IsLeader);
        Assert.Equal(1, _most);
        Assert.Contains(_log, l => l.Contains("no longer leads", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_lease_that_cannot_be_reached_is_told_once_and_not_at_every_attempt()
    {
        await using var place = await TestServer.OpenAsync("small", real);
        var asked = 0;
        place.Small!.Fault = _ =>
        {
            Interlocked.Increment(ref asked);
            return Task.FromResult<StatusException?>(new StatusException(503, "ServiceUnavailable", "not now"));
        };
        var time = new FakeTimeProvider();
        await using var candidate = Candidate(place, "node", time);
        await Wait.PassUntilAsync(() => time.Advance(TimeSpan.FromMilliseconds(100)),
            () => Volatile.Read(ref asked) > 10, () => $"asked {asked} times");
        Assert.Equal([$"lease {place.Key("leader")}: not now"], _log);
        place.Small.Fault = null;
        await Wait.PassUntilAsync(() => time.Advance(TimeSpan.FromMilliseconds(100)), () => candidate.IsLeader,
            () => string.Join("; ", _log));
        Assert.Equal($"lease {place.Key("leader")} is reached again", _log.ElementAt(1));
    }

    [Fact]
    public async Task An_election_that_stands_still_is_told_until_it_turns()
    {
        await using var place = await TestServer.OpenAsync("small", real);
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        place.Small!.Fault = async _ =>
        {
            asked.TrySetResult();
            await answer.Task;
            return null;
        };
        var time = new FakeTimeProvider();
        await using var candidate = Candidate(place, "node", time);
        await asked.Task.WithinAsync(30);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.False(candidate.IsStalled);

        time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(candidate.IsStalled);

        answer.SetResult();
        await Wait.PassUntilAsync(() => time.Advance(TimeSpan.FromMilliseconds(100)), () => !candidate.IsStalled,
            () => string.Join("; ", _log));
    }

    private LeaderElection Candidate(TestServer place, string identity, TimeProvider time) => new(place.Connect(),
        new LeaseOptions
        {
            Lease = place.Key("leader"),
            Identity = identity,
            Duration = Duration,
            RenewDeadline = TimeSpan.FromMilliseconds(600),
            RetryPeriod = TimeSpan.FromMilliseconds(100),
        },
        async (_, token) =>
        {
            _most = Math.Max(_most, Interlocked.Increment(ref _leaders));
            try
            {
                await Task.Delay(Timeout.Infinite, token);
            }
            finally
            {
                Interlocked.Decrement(ref _leaders);
            }
        }, time, _log.Enqueue);

    private async Task<LeaderElection> UntilLeaderAsync(IReadOnlyCollection<LeaderElection> candidates)
    {
        LeaderElection? leader = null;
        await Wait.UntilAsync(() => (leader = candidates.FirstOrDefault(c => c.IsLeader)) is not null,
            () => $"nobody leads: {string.Join("; ", _log.TakeLast(10))}", seconds: 30);
        return leader!;
    }
}
