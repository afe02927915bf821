using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model;
using Meridian.Model.Records;
using Meridian.Running.Control;

namespace Meridian.Tests.Running.Control;

/// <summary>What follows from a state, its inputs and the data of its zones.</summary>
public sealed class NodeStateTests
{
    private static readonly DnsName Org = DnsName.Parse("example.org");

    [Fact]
    public async Task Faults_are_told_in_one_order()
    {
        await using var world = new World();
        var state = world.Loop.State with
        {
            DiskFaults = [Fault("disk")],
            RefusedObjects = ImmutableDictionary.CreateRange(new[] { "b", "a", "c" }
                .Select(id => KeyValuePair.Create(id, ImmutableArray.Create(Fault($"object {id}"))))),
            ZoneFailures = ImmutableDictionary.CreateRange(new[] { "b.example", "a.example", "c.example" }
                .Select(origin => KeyValuePair.Create(DnsName.Parse(origin),
                    new ZoneFailure([Fault($"zone {origin}")], IsKept: true)))),
            KeyFaults = [Fault("key")],
        };

        Assert.Equal(["disk", "object a", "object b", "object c", "zone a.example", "zone b.example",
            "zone c.example", "key"], state.Faults.Select(f => f.Message));
    }

    [Fact]
    public async Task A_source_that_has_lapsed_contributes_nothing()
    {
        await using var world = new World();
        var owner = new RecordOwner("client", null, TimeSpan.FromMinutes(10), world.Time.GetUtcNow(),
        [
            new ClientRecord { DnsName = "x.example.org", RecordType = "A", Targets = ["10.0.0.1"] },
            new ClientRecord { DnsName = "y.example.org", RecordType = "A", Targets = ["10.0.0.2"] },
        ]);
        var inputs = world.Loop.State.Inputs;
        inputs = inputs with { Owners = inputs.Owners.Add(owner.Id, owner) };
        Assert.Equal(["x.example.org", "y.example.org"], inputs.Contributions.Select(c => c.Hostname).Order());

        inputs = inputs with { Lapsed = ["x.example.org of client"] };

        Assert.Equal(["y.example.org"], inputs.Contributions.Select(c => c.Hostname));
    }

    [Fact]
    public void A_zone_has_no_transferred_records_before_the_first_transfer_and_after_they_expired()
    {
        Assert.Null(ZoneData.Empty.TransferredOf(Org));
        var record = new MasterRecord(Org, RecordType.A, 60, [10, 0, 0, 1], "transfer", 1);
        var data = ZoneData.Empty.WithTransfer(Org, [record]);
        Assert.Equal([record], data.TransferredOf(Org)!.Value);
        Assert.Null(data.WithTransfer(Org, []).TransferredOf(Org));
    }

    [Fact]
    public void An_updated_set_takes_the_place_of_its_like_alone()
    {
        Assert.Empty(ZoneData.Empty.UpdatedOf(Org));
        var (a, txt) = (new RecordSet(Org, RecordType.A, 60, [[10, 0, 0, 1]]),
            new RecordSet(Org, RecordType.TXT, 60, [[1, 120]]));
        var other = a with { Data = [[10, 0, 0, 2]] };
        Assert.Equivalent(new[] { other, txt },
            ZoneData.Empty.WithSets(Org, [a, txt]).WithSets(Org, [other]).UpdatedOf(Org), strict: true);
    }

    private static Fault Fault(string message) => new(new Location("f", 1, 1), message);
}
