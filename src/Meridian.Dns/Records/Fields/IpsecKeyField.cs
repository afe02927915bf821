using System.Net.Sockets;

namespace Meridian.Dns.Records.Fields;

/// <summary>Precedence, gateway and public key of a host (RFC 4025); the sort of gateway says what it is.</summary>
internal sealed class IpsecKeyField() : RDataField("a gateway")
{
    private const int HeaderLength = 3;

    private static readonly NumberField Precedence = new("a precedence", 1);
    private static readonly NumberField GatewayType = new("a gateway type", 1);
    private static readonly NumberField Algorithm = new("an algorithm", 1);
    private static readonly Base64Field PublicKey = new("a public key");

    private static readonly RDataField[] Gateways =
    [
        new AddressField("an IPv4 gateway", AddressFamily.InterNetwork),
        new AddressField("an IPv6 gateway", AddressFamily.InterNetworkV6),
        new NameField("a gateway's name", isComparedInLowerCase: false),
    ];

    public override void Read(RDataText text)
    {
        Precedence.Read(text);
        GatewayType.Read(text);
        Algorithm.Read(text);
        if (text.Error is not null)
            return;
        if (GatewayOf(text.Data[1]) is { } gateway)
            gateway.Read(text);
        else if (text.Data[1] > 0)
            text.Fail("the gateway type is 0 for none, 1 for IPv4, 2 for IPv6 or 3 for a name");
        else if (text.Next(Wanted) is { Text: not "." } token)
            text.Fail($"the gateway type is 0, so the gateway is `.` and not `{token}`");
        if (!text.IsDone)
            PublicKey.Read(text);
    }

    public override int LengthOf(ReadOnlySpan<byte> rest)
    {
        if (rest.Length < HeaderLength || (GatewayOf(rest[1]) is null && rest[1] > 0))
            return -1;
        var gateway = GatewayOf(rest[1])?.LengthOf(rest[HeaderLength..]) ?? 0;
        return gateway < 0 || gateway > rest.Length - HeaderLength ? -1 : rest.Length;
    }

    private static RDataField? GatewayOf(byte type) => type is 0 or > 3 ? null : Gateways[type - 1];
}
