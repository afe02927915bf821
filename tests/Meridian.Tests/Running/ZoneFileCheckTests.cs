using System.Text;
using Meridian.Dns.Tests.Peers;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Running;

namespace Meridian.Tests.Running;

/// <summary>
/// <c>meridian check</c> over the zone files that BIND, Knot and NSD read as well: what the library reads, a node
/// serves, and what it refuses is a fault that has its place.
/// </summary>
public sealed class ZoneFileCheckTests : IDisposable
{
    // A Zone has an SOA of its own where its file has none.
    private const string OwnSoa = "no SOA";

    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Check_says_of_every_zone_file_what_the_library_says()
    {
        var cases = ZoneFileCases.All().ToArray();
        Assert.True(cases.Length >= 400, $"there are {cases.Length}");

        Assert.Equal([$"{OwnSoa}: sound"], cases.Select(DifferenceOf).OfType<string>());
    }

    private string? DifferenceOf(ZoneFileCase one)
    {
        var octets = Encoding.Latin1.GetBytes(one.Text);
        File.WriteAllBytes(_folder.File("zone"), octets);
        var yaml = _folder.Write("zone.yaml",
            TestYaml.Part("Zone", "z", $"{{origin: \"{one.Origin}\", file: zone}}"));

        var found = NodeCheck.Run([yaml], false, null, TimeProvider.System);

        var fault = found.Faults.FirstOrDefault();
        return found.Faults.IsEmpty == Reads(one, MasterFile.TextOf(octets))
            && (fault is null || (fault.Where.File.Length > 0 && fault.Message.Length > 0))
            ? null : $"{one.Kind}: {fault?.ToString() ?? "sound"}";
    }

    private static bool Reads(ZoneFileCase one, string text)
    {
        var origin = DnsName.Parse(one.Origin);
        var content = MasterFile.Read("zone", text, origin, path => path == "zone" ? text : null);
        var builder = new ZoneBuilder(origin);
        foreach (var record in content.Records)
            builder.Add(record);
        return content.Faults.IsEmpty && builder.Build(out _) is not null;
    }
}
