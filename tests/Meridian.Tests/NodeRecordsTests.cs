using Meridian.Api.Access;
using Meridian.Model.Records;
using Meridian.Model.Resources;
using Meridian.Running;
using Meridian.State;

namespace Meridian.Tests;

/// <summary>What becomes of a client's records when it falls silent.</summary>
public sealed class NodeRecordsTests : IAsyncDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly TestFolder _folder = new();
    private readonly StateStore _store;
    private readonly Caller _caller = new("external-dns/external-dns of https://hk.example.com", ApiGrant.None, null,
        "hongkong", TimeSpan.FromMinutes(10));

    public NodeRecordsTests() => _store = StateStore.Open(_folder.Path, _ => { });

    [Fact]
    public void Targets_of_a_silent_cluster_stay_while_they_serve_and_lapse_when_their_probes_fail_too()
    {
        var records = new NodeRecords(_store);
        records.Take(_caller, Change("app.example.org"), Start);
        var down = false;
        Assert.Equal([], Look(5));
        Assert.Equal([$"{_caller.Id} has not been heard since 2026-01-01 00:00:00Z; at 2026-01-01 00:10:00Z those of "
            + "its targets leave their names whose probes fail"], Look(6));
        Assert.Equal([], Look(9)); // said once
        Assert.Equal([], Look(60)); // silent for long, and serving
        Assert.Single(records.Contributions(records.Owners));

        down = true;
        Assert.Equal([$"app.example.org of {_caller.Id} has lapsed: its cluster is silent and its probes fail"],
            Look(61));
        Assert.Empty(records.Contributions(records.Owners));
        Assert.Equal("app.example.org", Assert.Single(records.Of(_caller.Id)).DnsName); // not forgotten

        records.Hear(_caller, Start.AddMinutes(62));
        Assert.Equal([$"{_caller.Id} is heard again"], Look(62));
        Assert.Single(records.Contributions(records.Owners));

        IEnumerable<string> Look(int minutes) =>
            records.Look(Start.AddMinutes(minutes), _ => down).Said.Select(s => s.Message);
    }

    [Fact]
    public async Task Records_are_there_again_after_a_restart()
    {
        var records = new NodeRecords(_store);
        _store.Start();
        records.Take(_caller, Change("app.example.org"), Start);
        await _store.FlushAsync(TimeSpan.FromSeconds(10));
        await _store.DisposeAsync();
        await using var again = StateStore.Open(_folder.Path, _ => { });
        var owner = Assert.Single(new NodeRecords(again).Owners);
        Assert.Equal((_caller.Id, "hongkong", Start, _caller.Lease),
            (owner.Id, owner.Site, owner.HeardAt, owner.Lease));
        var record = Assert.Single(owner.Records);
        Assert.Equal(("app.example.org", "A", 60), (record.DnsName, record.RecordType, record.RecordTtl));
        Assert.Equal(["10.0.0.1"], record.Targets);
        Assert.Equal("2", record.Property("weight"));
    }

    public async ValueTask DisposeAsync()
    {
        await _store.DisposeAsync();
        _folder.Dispose();
    }

    private static RecordChanges Change(string name) => new()
    {
        Create = [new ClientRecord
        {
            DnsName = name,
            RecordType = "A",
            Targets = ["10.0.0.1"],
            RecordTtl = 60,
            ProviderSpecific = [new RecordProperty("webhook/meridian-weight", "2")],
        }],
    };
}
