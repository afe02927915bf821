using System.Collections.Immutable;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Records;

/// <summary>One word or quoted text of a master file, with its escapes unresolved.</summary>
public readonly record struct MasterToken(string Text, bool Quoted)
{
    /// <summary>Splits the data of one record, given outside a master file, into its tokens.</summary>
    public static ImmutableArray<MasterToken> Split(string text) =>
        new MasterTokenizer(text.Replace('\n', ' ')).Next()?.Tokens ?? [];

    /// <summary>The octets with escapes resolved; false for a wrong escape or a character outside ASCII.</summary>
    public bool TryDecode(out byte[] octets)
    {
        octets = new byte[Text.Length];
        var length = 0;
        for (var i = 0; i < Text.Length; i++)
        {
            if (!DnsName.TryReadOctet(Text, ref i, out octets[length++]))
                return false;
        }

        Array.Resize(ref octets, length);
        return true;
    }
}
