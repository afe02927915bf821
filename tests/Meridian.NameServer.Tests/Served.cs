using System.Net;
using Meridian.Dns.Answering;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Verdicts;
using Meridian.Steering;

namespace Meridian.NameServer.Tests;

/// <summary>Zones and a table of a configuration whose addresses are all up but those named.</summary>
internal sealed class Served : IVerdicts
{
    public const string Geography = """
        198.51.100.0/24,VN,21.03,105.85,64496,Hanoi
        192.0.2.0/24,DE,50.11,8.68,64498,Frankfurt
        """;

    private readonly HashSet<string> _down;
    private readonly Responder _responder = new(new ResponderOptions());

    public Served(string text, params string[] down)
    {
        _down = [.. down];
        var configuration = ConfigurationReader.ReadText("test.yaml", text);
        Assert.True(configuration.IsSound, string.Join("\n", configuration.Faults));
        var geo = GeoDatabase.Of([GeoFile.Read("s.csv", System.Text.Encoding.UTF8.GetBytes(Geography))]);
        Handle.Current = SteeringCompiler.Compile(configuration.Resources, geo, this, DateTimeOffset.UtcNow);
        var compilation = ZoneCompiler.Compile(configuration.Resources, Handle.Current, Handle,
            new ZoneInputs { Open = _ => null });
        Assert.Empty(compilation.Faults);
        Zones = ZoneSelection.Of(compilation, ZoneSet.Empty, Handle.Current, Handle).Zones;
    }

    public SteeringHandle Handle { get; } = new();

    public ZoneSet Zones { get; }

    public Verdict Of(ProbeKey key) =>
        new(_down.Contains(key.Target) ? VerdictState.Down : VerdictState.Up, DateTimeOffset.UnixEpoch, "");

    public Override? OverrideOf(string pool, string value, string? site) => null;

    public IReadOnlyList<IPAddress> AddressesOf(string hostname) =>
        hostname == "cdn.example.net" ? [IPAddress.Parse("10.9.9.9")] : [];

    public int Respond(byte[] query, byte[] response, ulong draw) =>
        _responder.Respond(Zones, query, response,
            new Requester([127, 0, 0, 1], Transport.Udp, draw, DateTimeOffset.UtcNow)).Length;

    public static byte[] Query(string name, RecordType type, byte[]? subnet = null)
    {
        List<byte> message = [1, 2, 1, 0, 0, 1, 0, 0, 0, 0, 0, (byte)(subnet is null ? 0 : 1),
            .. DnsName.Parse(name).Wire, 0, (byte)type, 0, 1];
        if (subnet is not null)
            message.AddRange([0, 0, 41, 4, 208, 0, 0, 0, 0, 0, (byte)(8 + subnet.Length), 0, 8, 0,
                (byte)(4 + subnet.Length), 0, 1, (byte)(subnet.Length * 8), 0, .. subnet]);
        return [.. message];
    }
}
