using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using Meridian.Dns.Records;
using Meridian.Dns.Sockets;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model.History;
using Meridian.Model.Records;
using Meridian.Running;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Testing.Shared;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Running.Features;

/// <summary>A node of a cluster as far as records and zones go, with a disk in memory.</summary>
internal sealed class SharedNode : IStateStore, IRecordOwnerStore, IZoneDataStore, IEventStore
{
    public static readonly DnsName Origin = DnsName.Parse("example.org.");

    /// <summary>A zone that other servers copy, with a steered name in it.</summary>
    public static readonly DnsName Copied = DnsName.Parse("copied.example.");

    private readonly ConcurrentDictionary<(string Owner, int Type), StoredRecordSet> _sets = [];
    private readonly ZoneHolder _holder = new();
    private readonly TestFolder _folder = new();
    private readonly uint? _serial;

    public SharedNode(MemoryCluster cluster, string name = "n", ImmutableArray<RecordOwner> before = default,
        ImmutableArray<RecordSet> updates = default, string? cookieFile = null,
        uint? serial = null)
    {
        Store = cluster.Connect();
        _serial = serial;
        History = new History(this, World.Time, NullLogger.Instance);
        Cookies = new NodeCookies(cookieFile, World.Time);
        var options = new NodeOptions { Configuration = [], Name = name, StateFolder = _folder.Path };
        Parts = SharedParts.Of(Store, options, this, Cookies, World.Loop, History, World.Time);
        Records = new RecordFeature(this, World.Loop, History, World.Time, Parts.Records);
        Zones = new ZoneFeature(_holder, this, World.Loop, World.Time, _ => { }, Faults.Enqueue, Parts.Updates,
            Parts.Versions);
        World.Start([Zones, Parts.Records, Parts.Updates, Records], inputs => inputs with
        {
            Owners = (before.IsDefault ? [] : before).ToImmutableSortedDictionary(o => o.Id, o => o),
            Zones = updates.IsDefault ? inputs.Zones : inputs.Zones.WithSets(Origin, updates),
        });
    }

    public World World { get; } = new(World.Endpoint("a", "10.0.0.1", "10.0.0.2"),
        World.Endpoint("b", "10.0.0.3", "10.0.0.4")
            .Replace("b.example.org", "b.copied.example", StringComparison.Ordinal)
        + TestYaml.Part("Zone", "copied", "{origin: copied.example, transfer: [{networks: [127.0.0.0/8]}], "
            + "nameServers: [{name: ns.example.net}]}"));

    public MemoryStore Store { get; }

    public SharedParts Parts { get; }

    public NodeCookies Cookies { get; }

    public RecordFeature Records { get; }

    public ZoneFeature Zones { get; }

    public History History { get; }

    /// <summary>Clients as they are on its disk.</summary>
    public ConcurrentDictionary<string, RecordOwner> Owners { get; } = [];

    /// <summary>Updates as they are on its disk.</summary>
    public IEnumerable<string> OnDisk => _sets.Keys.Select(k => k.Owner).Order(StringComparer.Ordinal);

    /// <summary>What it put aside when it joined the store.</summary>
    public string Aside => File.Exists(_folder.File("before-store.txt"))
        ? File.ReadAllText(_folder.File("before-store.txt")) : "";

    /// <summary>Begins to follow the store.</summary>
    public SharedNode Follow()
    {
        Store.Start(update => World.Loop.Post("store", () =>
        {
            foreach (var part in Parts.All)
                part.Receive(update.Now, update.Keys);
        }), () => { });
        return this;
    }

    public async Task TickAsync(TimeSpan by = default)
    {
        World.Time.Advance(by);
        Assert.Null(await World.Loop.PostAsync("tick", () =>
        {
            Parts.Records.Tick(World.Time.GetUtcNow());
            Parts.Updates.Tick(World.Time.GetUtcNow());
            Records.Tick(World.Time.GetUtcNow());
            Parts.Cookies.Tick(World.Time.GetUtcNow());
            Parts.Versions.Tick(World.Time.GetUtcNow());
        }).WaitAsync(World.Limit));
    }

    /// <summary>What went wrong in it.</summary>
    public ConcurrentQueue<string> Faults { get; } = [];

    public Task UntilAsync(Func<bool> isSo) => Wait.UntilAsync(async () =>
    {
        await World.SettleAsync();
        return isSo();
    }, () => string.Join('\n', History.Recent(20).Select(e => e.Message).Concat(Faults)));

    /// <summary>The texts of the records of a client that it serves.</summary>
    public IEnumerable<string> Served(string client) =>
        World.Loop.State.Inputs.Owners.GetValueOrDefault(client)?.Records.Select(r => r.DnsName) ?? [];

    /// <summary>The address that it answers for a name; empty for none.</summary>
    public string Answer(string name) =>
        Find(name)!.Find(DnsName.Parse(name).Canonical)?.Find(RecordType.A) is { } set
            ? new IPAddress(set.Data[0]).ToString() : "";

    /// <summary>Applies an update that gives a name an address where it has none.</summary>
    public async Task<string> UpdateAsync(string name, string address)
    {
        var code = "";
        var isKept = await Zones.ApplyAsync(Find(name)!, zone =>
        {
            var owner = DnsName.Parse(name);
            code = zone.Find(owner.Canonical)?.Find(RecordType.A) is null ? "done" : "exists";
            return code == "exists" ? null : new ZoneUpdate([Set(name, address)]);
        }, default).AsTask().WaitAsync(World.Limit);
        return isKept ? code : "failed";
    }

    /// <summary>The serial that it answers for the zone that others copy.</summary>
    public uint Serial => _holder.Current.Find(Copied.Canonical)!.Serial;

    private AuthoritativeZone? Find(string name) => _holder.Current.Find(
        (name.EndsWith("copied.example.", StringComparison.Ordinal) ? Copied : Origin).Canonical);

    public static RecordSet Set(string name, string address) =>
        new(DnsName.Parse(name), RecordType.A, 60, [IPAddress.Parse(address).GetAddressBytes()]);

    public async ValueTask DisposeAsync()
    {
        await World.DisposeAsync();
        await Zones.DisposeAsync();
        await Store.DisposeAsync();
        _folder.Dispose();
    }

    string IStateStore.Id => $"state of {World.GetHashCode()}";

    string? IStateStore.Fault => null;

    bool IStateStore.IsStalled => false;

    IRecordOwnerStore IStateStore.Records => this;

    IZoneDataStore IStateStore.Zones => this;

    IEventStore IStateStore.Events => this;

    IOverrideStore IStateStore.Overrides => throw new NotSupportedException();

    IVerdictStore IStateStore.Verdicts => throw new NotSupportedException();

    IEnrollmentStore IStateStore.Enrollments => throw new NotSupportedException();

    void IStateStore.Start() => throw new NotSupportedException();

    Task<bool> IStateStore.FlushAsync(TimeSpan limit) => throw new NotSupportedException();

    ImmutableArray<RecordOwner> IRecordOwnerStore.Read() => [.. Owners.Values];

    Task<string?> IRecordOwnerStore.SaveAsync(RecordOwner owner)
    {
        Owners[owner.Id] = owner;
        return Task.FromResult<string?>(null);
    }

    void IRecordOwnerStore.SaveContact(RecordOwner owner)
    {
    }

    ImmutableArray<StoredZone> IZoneDataStore.ReadZones() => [];

    void IZoneDataStore.SaveZone(StoredZone zone) => throw new NotSupportedException();

    void IZoneDataStore.SaveChecked(string origin, DateTimeOffset at) => throw new NotSupportedException();

    ImmutableDictionary<string, uint> IZoneDataStore.ReadSerials() => _serial is { } serial
        ? ImmutableDictionary<string, uint>.Empty.Add(Copied.ToString(), serial)
        : ImmutableDictionary<string, uint>.Empty;

    void IZoneDataStore.SaveSerial(string origin, uint serial)
    {
    }

    ImmutableArray<StoredRecordSet> IZoneDataStore.ReadRecordSets() => [];

    Task<string?> IZoneDataStore.SaveRecordSetsAsync(IReadOnlyCollection<StoredRecordSet> sets)
    {
        foreach (var set in sets)
            _sets[(set.Owner, set.Type)] = set;
        return Task.FromResult<string?>(null);
    }

    void IZoneDataStore.ReplaceRecordSets(string zone, IReadOnlyCollection<StoredRecordSet> sets)
    {
        _sets.Clear();
        _ = ((IZoneDataStore)this).SaveRecordSetsAsync(sets);
    }

    ImmutableArray<HistoryEvent> IEventStore.Read(int count) => [];

    void IEventStore.Append(HistoryEvent entry)
    {
    }
}
