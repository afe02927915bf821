using System.Net;
using Meridian.Dns.Answering;
using Meridian.Dns.Serving;
using Meridian.Dns.Sockets;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Serving;

public sealed class MessageServiceTests
{
    private static readonly DnsName Origin = DnsName.Parse("example.org");
    private static readonly ZonePolicy Open = new() { Update = [new AccessRule(null, [])] };

    [Fact]
    public async Task An_update_is_applied_to_a_zone_that_is_loaded()
    {
        var changes = new RecordingChanges();
        var zone = TestZones.Build("example.org", TestZones.Example, policy: Open);

        Assert.Equal((int)ResponseCode.NoError, (await SendAsync(zone, changes)).Code);
        Assert.Equal("new.example.org.", Assert.Single(changes.Applied).Sets[0].Owner.ToString());
    }

    [Fact]
    public async Task An_update_of_a_zone_without_data_is_not_applied()
    {
        foreach (var zone in (AuthoritativeZone[])
            [AuthoritativeZone.Failed(Origin, Open), AuthoritativeZone.NotLoaded(Origin, Open)])
        {
            var changes = new RecordingChanges();

            Assert.Equal((int)ResponseCode.ServFail, (await SendAsync(zone, changes)).Code);
            Assert.Empty(changes.Applied);
        }
    }

    // Adds new.example.org A 192.0.2.1.
    private static async Task<Reply> SendAsync(AuthoritativeZone zone, RecordingChanges changes)
    {
        byte[] message =
        [
            0, 1, 0x28, 0, 0, 1, 0, 0, 0, 1, 0, 0,
            .. Origin.Wire, 0, 6, 0, 1,
            .. DnsName.Parse("new.example.org").Wire, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 1,
        ];
        var holder = new ZoneHolder { Current = new ZoneSet([zone]) };
        var responder = new Responder(new ResponderOptions { DefersSlowMessages = true });
        using var service = new MessageService(responder, holder, changes, TimeProvider.System, _ => { });
        Reply? reply = null;
        await service.HandleAsync(message, IPAddress.Loopback, Transport.Udp, response =>
        {
            reply = Reply.Parse(response.Span);
            return ValueTask.CompletedTask;
        }, TestContext.Current.CancellationToken);
        return reply!;
    }

    private sealed class RecordingChanges : IZoneChanges
    {
        public List<ZoneUpdate> Applied { get; } = [];

        public void Notified(AuthoritativeZone zone, IPAddress primary)
        {
        }

        public ValueTask<bool> ApplyAsync(AuthoritativeZone zone, Func<AuthoritativeZone, ZoneUpdate?> evaluate,
            CancellationToken cancellationToken)
        {
            if (evaluate(zone) is { } update)
                Applied.Add(update);
            return ValueTask.FromResult(true);
        }
    }
}
