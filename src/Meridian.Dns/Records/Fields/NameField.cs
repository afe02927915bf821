using Meridian.Dns.Wire;

namespace Meridian.Dns.Records.Fields;

/// <summary>A domain name.</summary>
/// <param name="wanted">What it names.</param>
/// <param name="isComparedInLowerCase">
/// Whether it is compared and signed in lower case and may be compressed in a message. That holds for the types that
/// RFC 4034 section 6.2 lists and for none that came later (RFC 3597 sections 4 and 7).
/// </param>
internal sealed class NameField(string wanted, bool isComparedInLowerCase = true) : RDataField(wanted)
{
    public bool IsComparedInLowerCase => isComparedInLowerCase;

    public override void Read(RDataText text)
    {
        if (text.Next(Wanted) is { } token)
            Read(text, token);
    }

    public override int LengthOf(ReadOnlySpan<byte> rest) => NameLength(rest);

    public static void Read(RDataText text, MasterToken token)
    {
        var dots = token.Text.TrimEnd('.').Contains('.', StringComparison.Ordinal);
        if (text.IsStrict && dots && !token.Text.EndsWith('.'))
            text.Fail($"`{token}` has no closing dot, so the zone's origin would be added; write `{token}.`");
        else if (!DnsName.TryParse(token, text.Origin, out var name, out var error))
            text.Fail(error);
        else
            text.Add(name.Wire);
    }

    /// <summary>Octets of the uncompressed name at the start; below 0 where there is none.</summary>
    public static int NameLength(ReadOnlySpan<byte> rest)
    {
        var reader = new DnsReader(rest);
        return reader.TryReadWholeName(out var name) ? name.Length : -1;
    }
}
