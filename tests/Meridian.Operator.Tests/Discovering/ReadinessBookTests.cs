using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.Operator.Discovering;

namespace Meridian.Operator.Tests.Discovering;

/// <summary>What readiness in a cluster says, and what it does not.</summary>
public sealed class ReadinessBookTests
{
    private static readonly ClusterReference Ingress = new("hk", "Ingress", "web/kokoro");
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Nothing_ready_is_evidence_at_once_and_ready_again_waits_for_a_probe_that_began_after_it()
    {
        var book = ReadinessBook.Empty.With(Says(2), At(0));
        Assert.Null(book.Of(Ingress, null, probed: true)); // the probes speak alone
        book = book.With(Says(0), At(10));
        Assert.Equal(new Verdict(VerdictState.Down, At(10),
            "no ready endpoint behind Ingress web/kokoro in cluster hk"), book.Of(Ingress, At(9), probed: true));
        book = book.With(Says(0), At(11));
        Assert.Equal(At(10), book.Of(Ingress, At(9), probed: true)!.Since);

        book = book.With(Says(3), At(20));
        Assert.Equal(
            "3 ready behind Ingress web/kokoro in cluster hk again; waits for a probe to confirm the way there",
            book.Of(Ingress, At(19), probed: true)!.Reason);
        Assert.Equal(At(10), book.Of(Ingress, At(19), probed: true)!.Since);
        Assert.EndsWith("again; waits for a probe to confirm the way there",
            book.Of(Ingress, At(9), probed: true, (At(19), "http: 503"))!.Reason, StringComparison.Ordinal);
        Assert.EndsWith("again; the probe that should confirm the way there fails: http: 503",
            book.Of(Ingress, At(9), probed: true, (At(21), "http: 503"))!.Reason, StringComparison.Ordinal);
        Assert.Null(book.Of(Ingress, At(21), probed: true));
        Assert.Null(book.Of(Ingress, null, probed: false)); // what is not probed needs no confirmation
        Assert.Equal([Ingress], book.Returned);
        Assert.Empty(book.With(Says(3), At(60)).Returned);
    }

    [Fact]
    public void Readiness_is_that_of_the_Services_behind_one_host_and_not_the_sum_of_all()
    {
        var book = ReadinessBook.Empty.With(Says(0, behind:
        [
            new Backend("web/a", "a.example.org", Ready: 0), new Backend("web/c", "a.example.org", Ready: 1),
            new Backend("web/b", "*.example.org", Ready: 2), new Backend("web/d", IsDefault: true, Ready: 0),
        ]), At(0));
        Assert.Null(Of("a.example.org", ServiceHealthPolicy.Any));
        Assert.Equal("a Service without a ready endpoint behind a.example.org of Ingress web/kokoro in cluster hk",
            Of("a.example.org", ServiceHealthPolicy.All)!.Reason);
        Assert.Null(Of("b.example.org", ServiceHealthPolicy.All));
        Assert.Equal("no ready endpoint behind example.net of Ingress web/kokoro in cluster hk",
            Of("example.net", ServiceHealthPolicy.Any)!.Reason);
        Assert.Null(Of(null, ServiceHealthPolicy.Any));
        Assert.NotNull(Of(null, ServiceHealthPolicy.All));

        Verdict? Of(string? host, ServiceHealthPolicy policy) =>
            book.Of(Ingress, null, probed: true, host: host, policy: policy);
    }

    [Fact]
    public void Where_every_host_has_the_same_behind_it_the_object_is_named_alone() =>
        Assert.Equal("no ready endpoint behind Ingress web/kokoro in cluster hk", ReadinessBook.Empty
            .With(Says(0, behind: [new Backend("web/a", IsDefault: true, Ready: 0)]), At(0))
            .Of(Ingress, null, probed: true, host: "a.example.org")!.Reason);

    [Theory]
    [InlineData("a.example.org", "a.example.org")]
    [InlineData("A.Example.org", "a.example.org")]
    [InlineData("x.b.example.org", "*.b.example.org")]
    [InlineData("b.example.org", "*.example.org")]
    [InlineData("example.org", "*")]
    [InlineData(null, "")]
    public void A_host_is_that_of_the_nearest_rule(string? host, string scope) => Assert.Equal(scope, Backends.ScopeOf(
        [
            new Backend("n/d", IsDefault: true), new Backend("n/o"), new Backend("n/w", "*.example.org"),
            new Backend("n/v", "*.b.example.org"), new Backend("n/a", "a.example.org"),
        ], host));

    [Fact]
    public void A_host_that_no_rule_names_has_all_Services_behind_it() =>
        Assert.Equal(Backends.All, Backends.ScopeOf([new Backend("n/a", "a.example.org")], "b.example.org"));

    [Fact]
    public void A_cluster_that_is_not_heard_says_nothing_after_a_while()
    {
        var book = ReadinessBook.Empty.With(Says(0), At(0));
        book = book.With(Says(0, "connection refused", answeredAt: 0), At(20));
        Assert.NotNull(book.Of(Ingress, null, probed: true));
        book = book.With(Says(0, "connection refused", answeredAt: 0), At(31));
        Assert.Null(book.Of(Ingress, null, probed: true));
    }

    [Fact]
    public void Where_nothing_tells_what_is_ready_there_is_no_evidence()
    {
        Assert.Null(ReadinessBook.Empty.With(Says(null), At(0)).Of(Ingress, null, probed: true));
        // remembered from before a restart
        Assert.Null(ReadinessBook.Empty.With(Says(0, synced: false), At(0)).Of(Ingress, null, probed: true));
    }

    [Fact]
    public void The_same_again_is_the_same_book()
    {
        var book = ReadinessBook.Empty.With(Says(0), At(0));
        Assert.Same(book, book.With(Says(0), At(5)));
    }

    private static Discovery Says(int? ready, string? fault = null, int answeredAt = 0, bool synced = true,
        params ImmutableArray<Backend> behind) =>
        new(ImmutableDictionary<string, DiscoveredCluster>.Empty.Add("hk", new DiscoveredCluster
        {
            Name = "hk",
            Synced = synced,
            Fault = fault,
            AnsweredAt = At(answeredAt),
            Objects = ImmutableDictionary<ClusterReference, DiscoveredObject>.Empty.Add(Ingress,
            new DiscoveredObject
            {
                Reference = Ingress,
                Addresses = ["10.0.0.1"],
                Ready = ready,
                Backends = behind.IsDefault ? [] : behind,
            }),
        }));

    private static DateTimeOffset At(int seconds) => Start.AddSeconds(seconds);
}
