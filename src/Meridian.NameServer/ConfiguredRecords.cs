using System.Globalization;
using Meridian.Addresses;
using Meridian.Dns.Records;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Model;
using Meridian.Model.Resources;

namespace Meridian.NameServer;

/// <summary>
/// Adds to a zone what its resource gives: the master file, the records, the name servers and the SOA record.
/// </summary>
internal sealed class ConfiguredRecords(
    Zone zone, DnsName origin, Func<string, string?> open, ZoneBuilder builder, List<Fault> faults)
{
    public void Add()
    {
        AddFile();
        AddRecords();
        AddNameServers();
        AddSoa();
    }

    /// <summary>
    /// Where a fault of the built zone stands. Records of a resource carry "FILE:LINE:COLUMN" in place of a file name.
    /// </summary>
    public static Location PlaceOf(ZoneFault fault, Zone zone)
    {
        if (fault.File.Length == 0 && fault.Line == 0)
            return zone.Location;
        return zone.Records.FirstOrDefault(r => r.Location.ToString() == fault.File) is { } record
            ? record.Location
            : new Location(fault.File, fault.Line, 1);
    }

    private void AddFile()
    {
        if (zone.File is null)
            return;
        if (open(zone.File) is not { } text)
        {
            faults.Add(new Fault(zone.Location, $"zone `{zone.Name}`: the master file {zone.File} cannot be read"));
            return;
        }

        var content = MasterFile.Read(zone.File, text, origin, open);
        faults.AddRange(content.Faults.Select(f => new Fault(new Location(f.File, f.Line, 1), f.Message)));
        faults.AddRange(content.Warnings
            .Select(f => new Fault(new Location(f.File, f.Line, 1), f.Message) { IsWarning = true }));
        foreach (var record in content.Records.Where(r => !(r.Type == RecordType.SOA && zone.Soa is not null)))
            builder.Add(record);
    }

    private void AddRecords()
    {
        foreach (var record in zone.Records)
        {
            if (!RecordTypes.TryParse(record.Type, out var type) || RecordTypes.IsMeta(type))
            {
                faults.Add(new Fault(record.Location,
                    $"`{record.Type}` is not a record type{Suggestion.For(record.Type, RecordTypes.Names)}"));
                continue;
            }

            if (!DnsName.TryParse(record.Name, origin, out var owner, out var error))
            {
                faults.Add(new Fault(record.Location, error));
                continue;
            }

            foreach (var text in record.Data)
                AddRecord(record, owner, type, text);
        }
    }

    private void AddRecord(ZoneRecord record, DnsName owner, RecordType type, string text)
    {
        if (MasterToken.TrySplit(text, out var tokens, out var error)
            && RDataParser.TryParse(type, tokens, origin, strict: true, out var data, out error))
            builder.Add(new MasterRecord(
                owner, type, Seconds(record.Ttl ?? zone.Ttl), data, record.Location.ToString(), 0));
        else
            faults.Add(new Fault(record.Location, $"record `{record.Name}`: {error}"));
    }

    private void AddNameServers()
    {
        foreach (var server in zone.NameServers)
        {
            if (DnsNames.ParseHost(server.Name) is not { } name)
                continue;
            Add(origin, RecordType.NS, name.Wire.ToArray());
            if (!name.IsAtOrBelow(origin))
                continue;
            foreach (var text in server.Addresses)
            {
                if (!IpText.TryParse(text, out var address))
                    continue;
                var octets = address.GetAddressBytes();
                Add(name, octets.Length == 4 ? RecordType.A : RecordType.AAAA, octets);
            }
        }
    }

    private void AddSoa()
    {
        if (builder.Has(origin, RecordType.SOA))
            return;
        var soa = zone.Soa ?? new ZoneSoa();
        var primary = NameOf(soa.Primary ?? zone.NameServers.FirstOrDefault()?.Name, "ns"u8);
        var contact = NameOf(soa.Contact, "hostmaster"u8);
        var text = string.Create(CultureInfo.InvariantCulture,
            $"{primary} {contact} {soa.Serial ?? zone.DefaultSerial} " +
            $"{Seconds(soa.Refresh)} {Seconds(soa.Retry)} {Seconds(soa.Expire)} {Seconds(soa.NegativeTtl)}");
        if (MasterToken.TrySplit(text, out var tokens, out _)
            && RDataParser.TryParse(RecordType.SOA, tokens, origin, strict: false, out var data, out _))
            Add(origin, RecordType.SOA, data);
    }

    // A name that the resource gives, or a label in the zone where it gives none.
    private DnsName NameOf(string? text, ReadOnlySpan<byte> label) =>
        text is not null && DnsName.TryParse(text, null, out var name, out _) ? name : origin.Prepend(label) ?? origin;

    private void Add(DnsName owner, RecordType type, byte[] data) => builder.Add(
        new MasterRecord(owner, type, Seconds(zone.Ttl), data, zone.Location.File, zone.Location.Line));

    private static uint Seconds(TimeSpan span) => (uint)Math.Min(span.TotalSeconds, MasterTtl.Max);
}
