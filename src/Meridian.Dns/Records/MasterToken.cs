using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>One word or quoted text of a master file, its escapes still in it.</summary>
public readonly record struct MasterToken(string Text, bool Quoted)
{
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
