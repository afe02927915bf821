using System.Text;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Answering;

/// <summary>
/// Class CHAOS: <c>version.bind</c>, <c>version.server</c>, <c>id.server</c> and <c>hostname.bind</c> (RFC 4892).
/// </summary>
internal sealed class ChaosAnswers(ResponderOptions options)
{
    private static readonly DnsName VersionBind = DnsName.Parse("version.bind");
    private static readonly DnsName VersionServer = DnsName.Parse("version.server");
    private static readonly DnsName IdServer = DnsName.Parse("id.server");
    private static readonly DnsName HostnameBind = DnsName.Parse("hostname.bind");

    private readonly byte[]? _version = Text(options.Version);
    private readonly byte[]? _id = Text(options.ServerId);

    public void Answer(in Query query, ref ResponseBuilder builder)
    {
        Span<byte> buffer = stackalloc byte[DnsName.MaxLength];
        DnsName.ToLower(query.Name, buffer);
        ReadOnlySpan<byte> name = buffer[..query.Name.Length];
        var text =
            name.SequenceEqual(VersionBind.Canonical) || name.SequenceEqual(VersionServer.Canonical) ? _version :
            name.SequenceEqual(IdServer.Canonical) || name.SequenceEqual(HostnameBind.Canonical) ? _id : null;
        if (text is null || query.Type is not (RecordType.TXT or RecordType.ANY))
        {
            builder.Code = ResponseCode.Refused;
            return;
        }

        builder.Authoritative = true;
        builder.TryChaosText(query.Name, text);
    }

    private static byte[]? Text(string? text)
    {
        if (text is null)
            return null;
        var octets = Encoding.UTF8.GetBytes(text).AsSpan();
        octets = octets[..Math.Min(255, octets.Length)];
        return [(byte)octets.Length, .. octets];
    }
}
