using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Meridian.Api.Access;
using Meridian.Api.Contracts;
using Meridian.Model.History;
using Meridian.Model.Records;
using Meridian.Model.Verdicts;
using Meridian.Steering.Explaining;

namespace Meridian.Api.Tests.Support;

/// <summary>A node that is nothing but its contracts: it records requests, and answers as a test says.</summary>
internal sealed class FakeNode : IStatus, IOverrides, IHistory, IRecords, ITunnels, IFleet
{
    private readonly Channel<HistoryEvent> _feed = Channel.CreateUnbounded<HistoryEvent>();

    public static DateTimeOffset Start { get; } = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public string? NotReady { get; set; }

    public ImmutableArray<string> Warnings { get; set; } = [];

    public ImmutableArray<ResourceSummary> Resources { get; } = [new("Zone", "example-org", "zones.yaml:1:1")];

    public ImmutableArray<string> Zones { get; } = ["Example.org.", "example.net"];

    public IEnumerable<string> Hostnames { get; } = ["app.example.org"];

    public (string Hostname, IPAddress Client, int PrefixLength, AddressFamily Family)? Explained { get; private set; }

    public List<Override> Set { get; } = [];

    public List<(OverrideTarget Target, string Author)> Cleared { get; } = [];

    /// <summary>What setting or clearing any override would lead to.</summary>
    public OverrideForecast Forecast { get; set; } = new(null, []);

    /// <summary>What is wrong with the disk.</summary>
    public string? StoreFault { get; set; }

    public List<HistoryEvent> Past { get; } = [];

    public HistoryQuery? Asked { get; private set; }

    /// <summary>Completes when nobody follows any more.</summary>
    public TaskCompletionSource Unfollowed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<(Caller Caller, RecordChanges Changes)> Changes { get; } = [];

    public string? RecordRefusal { get; set; }

    public ImmutableArray<TunnelStatus> Tunnels { get; set; } = [];

    public string? Authority { get; set; }

    public string? EnrollmentRefusal { get; set; }

    public ManagementContracts Contracts => new(this, this, this, this, this, this);

    ImmutableArray<OverrideDocument> IOverrides.Current => [.. Set.Select(OverrideDocument.Of)];

    ImmutableArray<TunnelStatus> ITunnels.Status => Tunnels;

    /// <summary>The cluster that it is a part of; null for none.</summary>
    public FleetStatus? Fleet { get; set; }

    FleetStatus? IFleet.Status => Fleet;

    /// <summary>Whether the shared store can be reached; null where there is none.</summary>
    public bool? IsShared { get; set; }

    /// <summary>What was decided of nodes.</summary>
    public List<string> Decided { get; } = [];

    public Task<string?> DrainAsync(string node, DrainStatus drain)
    {
        Decided.Add($"drain {node} by {drain.Author}: {drain.Reason} until {drain.Expires:HH:mm:ss}");
        return Task.FromResult(StoreFault);
    }

    public Task<string?> RestoreAsync(string node)
    {
        Decided.Add($"restore {node}");
        return Task.FromResult(StoreFault);
    }

    public Task<string?> ForgetAsync(string node)
    {
        Decided.Add($"forget {node}");
        return Task.FromResult(StoreFault);
    }

    public StatusReport Report() => new()
    {
        Node = "test",
        Version = "1.2.3",
        StartedAt = Start,
        Now = Start.AddMinutes(1),
        Ready = NotReady is null,
        NotReady = NotReady,
        Configuration = new ConfigurationStatus(Start, []),
        Health = new HealthStatus(3, 5, 1, true, false),
        Geography = [],
        Endpoints = [],
        Overrides = [],
    };

    public Explanation? Explain(string hostname, IPAddress client, int prefixLength, AddressFamily family)
    {
        Explained = (hostname, client, prefixLength, family);
        return hostname != "app.example.org" ? null : new Explanation
        {
            Name = hostname,
            Endpoint = "app",
            Hostname = hostname,
            Policy = "Failover",
            Client = new ClientExplanation($"{client}/{prefixLength}", null, null, null, null, null, null, []),
            Pools = [],
            Answer = new AnswerExplanation("NoData", [], 10, "calm", 0, false),
            Steps = ["the client is where it is"],
        };
    }

    public OverrideForecast ForecastSetting(Override value) => Forecast;

    public OverrideForecast ForecastClearing(OverrideTarget target) => Forecast;

    public Task<OverrideOutcome> SetAsync(Override value)
    {
        Set.Add(value);
        return Task.FromResult(new OverrideOutcome(2, IsShared is not null, StoreFault));
    }

    public Task<OverrideOutcome?> ClearAsync(OverrideTarget target, string author)
    {
        if (Set.RemoveAll(o => o.Target == target) == 0)
            return Task.FromResult<OverrideOutcome?>(null);
        Cleared.Add((target, author));
        return Task.FromResult<OverrideOutcome?>(new OverrideOutcome(2, IsShared is not null, StoreFault));
    }

    public ImmutableArray<HistoryEvent> Find(HistoryQuery query)
    {
        Asked = query;
        return [.. Past.Where(query.Matches).Take(query.Count)];
    }

    public void Report(HistoryEvent entry) => Assert.True(_feed.Writer.TryWrite(entry));

    public async IAsyncEnumerable<HistoryEvent> FollowAsync(
        [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        try
        {
            await foreach (var entry in _feed.Reader.ReadAllAsync(cancellationToken))
                yield return entry;
        }
        finally
        {
            Unfollowed.TrySetResult();
        }
    }

    public ImmutableArray<ClientRecord> Of(Caller caller) =>
        [.. Changes.Where(c => c.Caller.Id == caller.Id).SelectMany(c => c.Changes.Create ?? [])];

    public Task<RecordOutcome> ChangeAsync(Caller caller, RecordChanges changes)
    {
        if (RecordRefusal is null)
            Changes.Add((caller, changes));
        return Task.FromResult(new RecordOutcome(RecordRefusal, StoreFault));
    }

    public Task<EnrollmentOutcome> EnrollAsync(string agent) => Task.FromResult(
        EnrollmentRefusal is not null ? new EnrollmentOutcome(null, EnrollmentRefusal, null)
        : StoreFault is not null ? new EnrollmentOutcome(null, null, StoreFault)
        : new EnrollmentOutcome(new Enrollment(agent, $"code-of-{agent}", Start.AddHours(1)), null, null));
}
