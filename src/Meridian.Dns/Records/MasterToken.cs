using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Records;

/// <summary>
/// One word or quoted text of a master file, with its escapes unresolved. Each character is one octet of the file:
/// what lies above 127 has no meaning of its own and goes into names and texts as it is (RFC 2181 section 11).
/// </summary>
public readonly record struct MasterToken(string Text, bool Quoted)
{
    private const int MaxShown = 60;

    /// <summary>What is wrong where <see cref="TryDecode"/> fails.</summary>
    internal string EscapeFault =>
        $"`{this}` has a wrong escape: a backslash stands before a character, or before three digits up to 255";

    /// <summary>Splits the data of one record, given outside a master file, into its tokens.</summary>
    public static bool TrySplit(
        string text, out ImmutableArray<MasterToken> tokens, [NotNullWhen(false)] out string? error)
    {
        var tokenizer = new MasterTokenizer(OctetsOf(text).Replace('\n', ' '));
        var entry = tokenizer.Next();
        tokens = entry?.Tokens ?? [];
        error = entry?.Error ?? (tokenizer.HasComment
            ? "`;` begins a comment and what follows would be lost; put a text with it into double quotes" : null);
        return error is null;
    }

    /// <summary>Text in the form that master files are read in: one character for each octet of its UTF-8.</summary>
    public static string OctetsOf(string text) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(text));

    /// <summary>The octets with escapes resolved; false for a wrong escape.</summary>
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

    /// <summary>The octets read as UTF-8, for what is no data of DNS.</summary>
    internal string AsText() => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Text));

    /// <summary>The token as people are shown it, on one line.</summary>
    public override string ToString()
    {
        var text = AsText();
        text = text.Length > MaxShown ? $"{text[..MaxShown]}…" : text;
        return string.Concat(text.Select(c => char.IsControl(c) ? '·' : c));
    }
}
