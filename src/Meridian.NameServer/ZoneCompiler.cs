using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Meridian.Dns.Records;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Model.Values;
using Meridian.Steering;
using Meridian.Steering.Plans;

namespace Meridian.NameServer;

/// <summary>Makes DNS zones of the resources, with every enabled endpoint as a steered name in its zone.</summary>
public sealed class ZoneCompiler
{
    private readonly ZoneInputs _inputs;
    private readonly List<Fault> _faults = [];
    private bool _checkOnly;

    private ZoneCompiler(ZoneInputs inputs) => _inputs = inputs;

    /// <summary>Checks the data of the zones; the configuration has passed the model's own checks.</summary>
    public static ImmutableArray<Fault> Check(ResourceSet resources, ZoneInputs inputs)
    {
        var compiler = new ZoneCompiler(inputs) { _checkOnly = true };
        _ = compiler.Compile(resources, SteeringTable.Empty, new SteeringHandle(), _ => true).Count();
        _ = ZonePolicies.Keys(resources, inputs.Open, compiler._faults).Count();
        return [.. compiler._faults];
    }

    /// <summary>Compiles the zones; with faults, the zones that have them are missing.</summary>
    /// <param name="resources">The configuration.</param>
    /// <param name="table">The table of the same configuration, which the steered names answer from; empty to check
    /// only.</param>
    /// <param name="handle">Where the steered names will look for their table.</param>
    /// <param name="inputs">What else there is.</param>
    /// <param name="faults">What is wrong.</param>
    public static ZoneSet Compile(
        ResourceSet resources, SteeringTable table, SteeringHandle handle, ZoneInputs inputs,
        out ImmutableArray<Fault> faults)
    {
        var compiler = new ZoneCompiler(inputs);
        var zones = compiler.Compile(resources, table, handle, _ => true).ToArray();
        var keys = ZonePolicies.Keys(resources, inputs.Open, compiler._faults).ToArray();
        faults = [.. compiler._faults];
        return new ZoneSet(zones, keys);
    }

    /// <summary>
    /// Compiles one zone anew, after an update or a transfer; null, and why, where that cannot be done.
    /// </summary>
    public static Dns.Zones.Zone? Compile(
        ResourceSet resources, SteeringTable table, SteeringHandle handle, ZoneInputs inputs, DnsName origin,
        out ImmutableArray<Fault> faults)
    {
        var compiler = new ZoneCompiler(inputs);
        var zone = compiler.Compile(resources, table, handle, origin.Equals).SingleOrDefault();
        faults = [.. compiler._faults];
        return zone;
    }

    /// <summary>Where a zone comes from.</summary>
    public static (DnsName Origin, ImmutableArray<Dns.Serving.Peer> Primaries) PrimariesOf(Model.Resources.Zone zone,
        ResourceSet resources) =>
        (NameOf(zone.Origin)!, ZonePolicies.Of(zone, resources).Primaries);

    private IEnumerable<Dns.Zones.Zone> Compile(ResourceSet resources, SteeringTable table, SteeringHandle handle, Func<DnsName, bool> wanted)
    {
        // A configuration with faults is checked too, so that all of them are told at once: what the model has found
        // wrong with names is passed over here.
        var sources = resources.Zones.Select(z => (Zone: z, Origin: NameOf(z.Origin)))
            .Where(z => z.Origin is not null).DistinctBy(z => z.Origin).ToArray();
        var steered = resources.Endpoints.Select((e, i) => (Endpoint: e, Index: i, Name: NameOf(e.Hostname)))
            .Where(e => e.Endpoint.Enabled && e.Name is not null)
            .ToArray();
        var byZone = steered.ToLookup(s => sources
            .Where(z => s.Name!.IsAtOrBelow(z.Origin!)).OrderByDescending(z => z.Origin!.Wire.Length)
            .FirstOrDefault().Zone);
        foreach (var (zone, origin) in sources.Where(s => wanted(s.Origin!)))
        {
            var before = _faults.Count;
            var builder = new ZoneBuilder(origin!, ZonePolicies.Of(zone, resources), SignerOf(zone, origin!));
            if (zone.Primaries.IsEmpty)
                AddOwn(zone, origin!, builder);
            else if (_inputs.Transferred(origin!) is { } records)
                AddTransferred(records, builder);
            else
            {
                if (!_checkOnly)
                    yield return Dns.Zones.Zone.NotLoaded(origin!, ZonePolicies.Of(zone, resources));
                continue;
            }

            foreach (var (endpoint, index, name) in byZone[zone])
            {
                builder.Steer(name!, new SteeredName(handle, index, Aliases(table.Endpoints.ElementAtOrDefault(index)),
                    endpoint.Https is null ? null : new ServiceBinding(endpoint.Https)));
            }

            var faults = ImmutableArray<ZoneFault>.Empty;
            var built = _checkOnly ? null : builder.Build(out faults);
            if (_checkOnly)
                faults = builder.FindFaults();
            if (_faults.Count == before)
                _faults.AddRange(faults.Select(f =>
                    new Fault(f.Line == 0 && f.File.Length == 0 ? zone.Location : PlaceOf(f, zone), f.Message)));
            if (built is not null && _faults.Count == before)
                yield return built;
        }
    }

    private ZoneSigner? SignerOf(Model.Resources.Zone zone, DnsName origin)
    {
        if (zone.Dnssec is null)
            return null;
        var (signer, error) = _inputs.Signer(origin, zone.Dnssec.Keys);
        if (error is not null)
            _faults.Add(new Fault(zone.Location, $"zone `{zone.Name}`: {error}"));
        return signer;
    }

    private void AddOwn(Model.Resources.Zone zone, DnsName origin, ZoneBuilder builder)
    {
        AddFile(zone, origin, builder);
        AddRecords(zone, origin, builder);
        AddNameServers(zone, origin, builder);
        AddSoa(zone, origin, builder);
        foreach (var set in _inputs.Updated(origin))
            builder.Replace(set);
    }

    // What the primary has signed is signed for its own answers; here the zone is signed anew, or not at all.
    private static void AddTransferred(ImmutableArray<MasterRecord> records, ZoneBuilder builder)
    {
        foreach (var record in records.Where(r => !IsOfSigning(r.Type)))
            builder.Add(record);
    }

    private static bool IsOfSigning(RecordType type) => type is RecordType.RRSIG or RecordType.NSEC or RecordType.NSEC3
        or RecordType.NSEC3PARAM or RecordType.DNSKEY or RecordType.CDS or RecordType.CDNSKEY;

    private static FrozenDictionary<string, DnsName> Aliases(EndpointPlan? plan) => plan is null
        ? FrozenDictionary<string, DnsName>.Empty
        : plan.Shape.Pools.SelectMany(p => p.Addresses).Concat(plan.Shape.Fallback).Where(a => a.Ip is null)
            .DistinctBy(a => a.Value).ToFrozenDictionary(a => a.Value, a => DnsName.Parse(a.Value));

    // Records from resources carry "FILE:LINE:COLUMN" in place of a file name.
    private static Location PlaceOf(ZoneFault fault, Model.Resources.Zone zone) =>
        zone.Records.FirstOrDefault(r => r.Location.ToString() == fault.File) is { } record
            ? record.Location
            : new Location(fault.File, fault.Line, 1);

    private void AddFile(Model.Resources.Zone zone, DnsName origin, ZoneBuilder builder)
    {
        if (zone.File is null)
            return;
        if (_inputs.Open(zone.File) is not { } text)
        {
            _faults.Add(new Fault(zone.Location, $"zone `{zone.Name}`: the master file {zone.File} cannot be read"));
            return;
        }

        var (records, faults) = MasterFile.Read(zone.File, text, origin, _inputs.Open);
        _faults.AddRange(faults.Select(f => new Fault(new Location(f.File, f.Line, 1), f.Message)));
        foreach (var record in records.Where(r => !(r.Type == RecordType.SOA && zone.Soa is not null)))
            builder.Add(record);
    }

    private void AddRecords(Model.Resources.Zone zone, DnsName origin, ZoneBuilder builder)
    {
        foreach (var record in zone.Records)
        {
            if (!RecordTypes.TryParse(record.Type, out var type) || RecordTypes.IsMeta(type))
            {
                var known = Enum.GetNames<RecordType>().Where(n => !RecordTypes.IsMeta(Enum.Parse<RecordType>(n)));
                _faults.Add(new Fault(record.Location,
                    $"`{record.Type}` is not a record type{Suggestion.For(record.Type, known)}"));
                continue;
            }

            if (!DnsName.TryParse(record.Name, origin, out var owner, out var error))
            {
                _faults.Add(new Fault(record.Location, error));
                continue;
            }

            foreach (var text in record.Data)
            {
                var tokens = MasterWords.Split(text);
                if (RDataParser.TryParse(type, tokens, origin, strict: true, out var data, out error))
                    builder.Add(new MasterRecord(owner, type, Seconds(record.Ttl ?? zone.Ttl), data,
                        record.Location.ToString(), 0));
                else
                    _faults.Add(new Fault(record.Location, $"record `{record.Name}`: {error}"));
            }
        }
    }

    private static void AddNameServers(Model.Resources.Zone zone, DnsName origin, ZoneBuilder builder)
    {
        foreach (var server in zone.NameServers)
        {
            if (NameOf(server.Name) is not { } name)
                continue;
            Add(origin, RecordType.NS, name.Wire);
            if (!name.IsAtOrBelow(origin))
                continue;
            foreach (var address in server.Addresses.Select(a => IPAddress.TryParse(a, out var ip) ? ip : null)
                .OfType<IPAddress>())
                Add(name, address.GetAddressBytes().Length == 4 ? RecordType.A : RecordType.AAAA,
                    address.GetAddressBytes());
        }

        void Add(DnsName owner, RecordType type, ReadOnlySpan<byte> data) =>
            builder.Add(new MasterRecord(owner, type, Seconds(zone.Ttl), data.ToArray(), zone.Location.File,
                zone.Location.Line));
    }

    private static void AddSoa(Model.Resources.Zone zone, DnsName origin, ZoneBuilder builder)
    {
        if (builder.Has(origin, RecordType.SOA))
            return;
        var soa = zone.Soa ?? new ZoneSoa();
        var primary = soa.Primary ?? zone.NameServers.FirstOrDefault()?.Name ?? $"ns.{zone.Origin}";
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{primary.TrimEnd('.')}. {(soa.Contact ?? $"hostmaster.{zone.Origin}").TrimEnd('.')}. {soa.Serial ?? zone.DefaultSerial} " +
            $"{Seconds(soa.Refresh)} {Seconds(soa.Retry)} {Seconds(soa.Expire)} {Seconds(soa.NegativeTtl)}");
        if (RDataParser.TryParse(RecordType.SOA, MasterWords.Split(text), origin, strict: false, out var data, out _))
            builder.Add(new MasterRecord(origin, RecordType.SOA, Seconds(zone.Ttl), data, zone.Location.File,
                zone.Location.Line));
    }

    private static DnsName? NameOf(string text) =>
        HostName.TryNormalize(text, out var canonical, out _, wildcard: true) ? DnsName.Parse(canonical) : null;

    private static uint Seconds(TimeSpan span) => (uint)Math.Min(span.TotalSeconds, MasterTtl.Max);
}
