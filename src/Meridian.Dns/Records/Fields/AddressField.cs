using System.Net.Sockets;
using Meridian.Addresses;

namespace Meridian.Dns.Records.Fields;

/// <summary>An IP address.</summary>
internal sealed class AddressField(string wanted, AddressFamily family) : RDataField(wanted)
{
    public override void Read(RDataText text)
    {
        if (text.Next(Wanted) is not { } token)
            return;
        if (!IpText.TryParse(token.Text, out var address, out var error))
            text.Fail($"`{token}` is not {Wanted}{(IpText.IsMeant(token.Text) ? $" ({error})" : "")}");
        else if (address.AddressFamily != family)
            text.Fail($"`{token}` is not {Wanted}");
        else
            text.Add(address.GetAddressBytes());
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => family == AddressFamily.InterNetwork ? 4 : 16;
}
