using System.Net;
using Meridian.Dns.Answering;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Support;

/// <summary>Asks a responder in memory.</summary>
internal static class Asking
{
    public static Reply Ask(string name, RecordType type, ZoneSet? zones = null) =>
        Ask(new QueryBuilder(name, type), zones);

    public static Reply Ask(QueryBuilder query, ZoneSet? zones = null, Transport transport = Transport.Udp,
        ResponderOptions? options = null) =>
        Reply.Parse(Send(query.Build(), zones, transport, options));

    public static byte[] Send(byte[] query, ZoneSet? zones = null, Transport transport = Transport.Udp,
        ResponderOptions? options = null)
    {
        var response = new byte[Responder.MaxResponse];
        var requester = new Requester(IPAddress.Parse("198.51.100.7").GetAddressBytes(), transport, 1,
            DateTimeOffset.UtcNow);
        var summary = new Responder(options ?? new ResponderOptions())
            .Respond(zones ?? TestZones.ExampleSet, query, response, requester);
        return response[..summary.Length];
    }
}
