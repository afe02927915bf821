using System.Net;
using System.Net.Sockets;
using Meridian.Dns.Answering;
using Meridian.Dns.Sockets;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Meridian.NameServer.Flattening;

namespace Meridian.NameServer.Tests;

/// <summary>Flattened names, resolved from our own server.</summary>
public sealed class HostResolverTests
{
    private static readonly HashSet<string> Names = ["cdn.example.net"];

    [Fact]
    public async Task Names_are_resolved_followed_when_their_TTL_ends_and_kept_when_they_cannot_be_resolved()
    {
        var zones = new ZoneHolder { Current = Zone("cdn A 10.0.0.2\ncdn A 10.0.0.1\ncdn AAAA 2001:db8::1") };
        var server = DnsServer.Start([new IPEndPoint(IPAddress.Loopback, 0)], new Responder(new ResponderOptions()),
            zones, new DnsServerOptions(), TimeProvider.System);
        var changes = new List<string>();
        var failures = new List<string>();
        await using var resolver = new HostResolver([server.EndPoints[0]], TimeProvider.System,
            (_, addresses) => changes.Add(addresses), (_, error) => failures.Add(error));

        resolver.Update(Names);
        await Wait.UntilAsync(() => changes.Count == 1, Seen);
        Assert.Equal("10.0.0.1, 10.0.0.2, 2001:db8::1", changes[0]);
        zones.Current = Zone("cdn A 10.0.0.3");
        await Wait.UntilAsync(() => changes.Count == 2, Seen);
        Assert.Equal(["10.0.0.3"], resolver.Find("cdn.example.net").Select(a => a.ToString()));

        zones.Current = Zone("other A 10.0.0.4");
        await Wait.UntilAsync(() => failures.Count > 0, Seen);
        Assert.Equal(["10.0.0.3"], resolver.Find("cdn.example.net").Select(a => a.ToString()));
        await server.DisposeAsync();

        resolver.Update(new HashSet<string>());
        Assert.Empty(resolver.Find("cdn.example.net"));

        string Seen() => string.Join('\n', [.. changes, .. failures]);
    }

    [Fact]
    public async Task A_name_counts_as_asked_for_once_its_first_attempt_has_ended_whatever_the_answer()
    {
        using var server = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var failed = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var resolver = new HostResolver([(IPEndPoint)server.Client.LocalEndPoint!], TimeProvider.System,
            (_, _) => { }, (name, _) => failed.TrySetResult(name));
        Assert.True(resolver.HasAskedAll);

        resolver.Update(Names);
        Assert.False(resolver.HasAskedAll);
        var query = await server.ReceiveAsync();
        Assert.False(resolver.HasAskedAll);
        query.Buffer[2] |= 0x80; // an answer
        query.Buffer[3] = 5; // REFUSED
        await server.SendAsync(query.Buffer, query.RemoteEndPoint);

        Assert.Equal("cdn.example.net", await failed.Task.WithinAsync(30));
        await Wait.UntilAsync(() => resolver.HasAskedAll, () => "the name still counts as never asked for");
    }

    private static ZoneSet Zone(string records)
    {
        var origin = DnsName.Parse("example.net");
        var (read, faults) = MasterFile.Read("z", $"$TTL 1\n@ SOA ns root 1 2 3 4 1\n@ NS ns\n{records}\n", origin,
            _ => null);
        Assert.Empty(faults);
        var builder = new ZoneBuilder(origin);
        foreach (var record in read)
            builder.Add(record);
        return new ZoneSet([builder.Build(out _)!]);
    }
}
