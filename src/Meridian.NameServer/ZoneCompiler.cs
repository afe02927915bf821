using System.Collections.Immutable;
using Meridian.Dns.Serving;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Steering;

namespace Meridian.NameServer;

/// <summary>
/// Makes DNS zones of the resources, with every enabled endpoint as a steered name in its zone. Each zone is compiled
/// by itself, so a faulty one never stops the sound ones.
/// </summary>
public sealed class ZoneCompiler
{
    private readonly ResourceSet _resources;
    private readonly ZoneInputs _inputs;
    private readonly SteeredNames _steered;
    private readonly Dictionary<DnsName, Zone> _zones = [];
    private readonly ILookup<DnsName?, (DnsName Name, GlobalEndpoint Endpoint)> _endpoints;

    // A configuration with faults is checked too, so that all of them are reported at once: names that the model's own
    // checks refuse are passed over here.
    private ZoneCompiler(ResourceSet resources, ZoneInputs inputs, SteeredNames steered)
    {
        _resources = resources;
        _inputs = inputs;
        _steered = steered;
        foreach (var zone in resources.Zones)
        {
            if (DnsNames.ParseZone(zone.Origin) is { } origin)
                _zones.TryAdd(origin, zone);
        }

        _endpoints = resources.Endpoints.Where(e => e.Enabled)
            .Select(e => (Name: DnsNames.ParseHost(e.Hostname)!, Endpoint: e))
            .Where(e => e.Name is not null)
            .ToLookup(e => OriginOf(e.Name));
    }

    /// <summary>
    /// Finds the faults in the data of the zones, and what deserves a warning; the model's own checks find those in the
    /// resources.
    /// </summary>
    public static ImmutableArray<Fault> Check(ResourceSet resources, ZoneInputs inputs)
    {
        var compiler = new ZoneCompiler(
            resources, inputs, new SteeredNames(SteeringTable.Empty, new SteeringHandle()));
        var faults = new List<Fault>();
        foreach (var (origin, zone) in compiler._zones)
        {
            var found = new List<Fault>();
            var builder = compiler.Collect(zone, origin, ZonePolicies.Of(zone, resources), found);
            if (builder is not null && found.All(f => f.IsWarning))
                found.AddRange(Findings(zone, builder.FindFaults(), builder.Warnings));
            faults.AddRange(found);
        }

        return [.. faults, .. SharedKeys.Of(resources, inputs.Open).Faulty.Select(k => k.Fault)];
    }

    /// <summary>Compiles all zones, each to a zone or to its faults.</summary>
    /// <param name="resources">The configuration.</param>
    /// <param name="table">The steering table of the same configuration.</param>
    /// <param name="handle">Where the steered names will look for their table.</param>
    /// <param name="inputs">What the zones are made of besides the resources.</param>
    public static ZoneCompilation Compile(
        ResourceSet resources, SteeringTable table, SteeringHandle handle, ZoneInputs inputs)
    {
        var compiler = new ZoneCompiler(resources, inputs, new SteeredNames(table, handle));
        var (keys, faulty) = SharedKeys.Of(resources, inputs.Open);
        return new ZoneCompilation([.. compiler._zones.Select(z => compiler.Compile(z.Value, z.Key))], keys, faulty);
    }

    /// <summary>
    /// Compiles one zone anew, after an update or a transfer; null where the configuration has no such zone.
    /// </summary>
    public static CompiledZone? Compile(
        ResourceSet resources, SteeringTable table, SteeringHandle handle, ZoneInputs inputs, DnsName origin)
    {
        var compiler = new ZoneCompiler(resources, inputs, new SteeredNames(table, handle));
        return compiler._zones.TryGetValue(origin, out var zone) ? compiler.Compile(zone, origin) : null;
    }

    /// <summary>Where a zone comes from.</summary>
    public static (DnsName Origin, ImmutableArray<Peer> Primaries) PrimariesOf(Zone zone, ResourceSet resources) =>
        (DnsNames.ParseZone(zone.Origin)!, ZonePolicies.Of(zone, resources).Primaries);

    private CompiledZone Compile(Zone zone, DnsName origin)
    {
        var found = new List<Fault>();
        var policy = ZonePolicies.Of(zone, _resources);
        var builder = Collect(zone, origin, policy, found);
        if (found.Any(f => !f.IsWarning))
            return Result(null);
        if (builder is null)
            return Result(AuthoritativeZone.NotLoaded(origin, policy));
        var zoneBuilt = builder.Build(out var wrong);
        found.AddRange(Findings(zone, wrong, builder.Warnings));
        return Result(zoneBuilt);

        CompiledZone Result(AuthoritativeZone? built) =>
            new(origin, zone.Name, policy, built, [.. found.Where(f => !f.IsWarning)])
            {
                Warnings = [.. found.Where(f => f.IsWarning)],
            };
    }

    // Null for a secondary zone that no primary has given yet.
    private ZoneBuilder? Collect(Zone zone, DnsName origin, ZonePolicy policy, List<Fault> faults)
    {
        var builder = new ZoneBuilder(origin, policy, SignerOf(zone, origin, faults));
        if (zone.Primaries.IsEmpty)
            AddOwn(zone, origin, builder, faults);
        else if (_inputs.Transferred(origin) is { } records)
            AddTransferred(records, builder);
        else
            return null;
        foreach (var (name, endpoint) in _endpoints[origin])
            builder.Steer(name, _steered.Of(name, endpoint));
        if (DigestFault(zone, origin, policy) is { } why && builder.Remove(origin, RecordType.ZONEMD) is { } digest)
        {
            var fault = new ZoneFault(digest.File, digest.Line, $"the digest of the zone (ZONEMD) is left out: {why}");
            faults.Add(new Fault(ConfiguredRecords.PlaceOf(fault, zone), fault.Message) { IsWarning = true });
        }

        return builder;
    }

    // A digest covers the whole zone as written (RFC 8976). Returns why it would not match the zone as served.
    private string? DigestFault(Zone zone, DnsName origin, ZonePolicy policy)
    {
        if (zone.Dnssec is not null)
            return "the zone is signed here";
        if (_endpoints[origin].Any())
            return "names of the zone are steered";
        if (!policy.Update.IsEmpty || !_inputs.Updated(origin).IsEmpty)
            return "the zone takes updates";
        return zone.File is not null && (zone.Soa is not null || !zone.Records.IsEmpty || !zone.NameServers.IsEmpty)
            ? "the zone has records besides those of its file" : null;
    }

    private void AddOwn(Zone zone, DnsName origin, ZoneBuilder builder, List<Fault> faults)
    {
        new ConfiguredRecords(zone, origin, _inputs.Open, builder, faults).Add();
        foreach (var set in _inputs.Updated(origin))
            builder.Replace(set);
    }

    // What the primary has signed is signed for its own answers; here the zone is signed anew, or not at all.
    private static void AddTransferred(ImmutableArray<MasterRecord> records, ZoneBuilder builder)
    {
        foreach (var record in records.Where(r => !RecordTypes.IsOfSigning(r.Type)))
            builder.Add(record);
    }

    private ZoneSigner? SignerOf(Zone zone, DnsName origin, List<Fault> faults)
    {
        if (zone.Dnssec is null)
            return null;
        var (signer, error) = _inputs.Signer(origin, zone.Dnssec.Keys);
        if (error is not null)
            faults.Add(new Fault(zone.Location, $"zone `{zone.Name}`: {error}"));
        return signer;
    }

    private DnsName? OriginOf(DnsName name)
    {
        for (var origin = name; origin is not null; origin = origin.Parent)
        {
            if (_zones.ContainsKey(origin))
                return origin;
        }

        return null;
    }

    private static IEnumerable<Fault> Findings(
        Zone zone, ImmutableArray<ZoneFault> faults, ImmutableArray<ZoneFault> warnings) =>
        faults.Select(f => new Fault(ConfiguredRecords.PlaceOf(f, zone), f.Message))
            .Concat(warnings.Select(f =>
                new Fault(ConfiguredRecords.PlaceOf(f, zone), f.Message) { IsWarning = true }));
}
