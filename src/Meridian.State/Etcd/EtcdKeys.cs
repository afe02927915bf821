using System.Text;
using Google.Protobuf;
using Meridian.State.Shared;
using Mvccpb;

namespace Meridian.State.Etcd;

/// <summary>The keys of one Meridian cluster in etcd: all below its prefix.</summary>
internal sealed class EtcdKeys
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <param name="prefix">What every key begins with; ends with a slash.</param>
    public EtcdKeys(string prefix)
    {
        Prefix = ByteString.CopyFromUtf8(prefix);
        var end = Prefix.ToByteArray();
        end[^1]++; // the octet behind the slash: the first key that is no longer below the prefix
        End = ByteString.CopyFrom(end);
    }

    /// <summary>The first key of the range.</summary>
    public ByteString Prefix { get; }

    /// <summary>The first key behind the range.</summary>
    public ByteString End { get; }

    /// <summary>A key as etcd has it.</summary>
    public ByteString Full(string key) => ByteString.CopyFrom([.. Prefix.Span, .. Encoding.UTF8.GetBytes(key)]);

    /// <summary>
    /// Reads the name of a key below the prefix; false for another's key, and for one that no node writes: longer than
    /// <see cref="SharedLimits.MaxKeyBytes"/>, or no UTF-8.
    /// </summary>
    public bool TryRead(ByteString full, out string key)
    {
        key = "";
        if (full.Length <= Prefix.Length || full.Length - Prefix.Length > SharedLimits.MaxKeyBytes
            || !full.Span.StartsWith(Prefix.Span))
            return false;
        return TryDecode(full.Span[Prefix.Length..], out key);
    }

    /// <summary>
    /// Reads an entry; null with a fault where its value cannot be kept, and null without one where the key is none of
    /// this cluster's.
    /// </summary>
    public SharedEntry? Read(KeyValue pair, out string? fault)
    {
        fault = null;
        if (!TryRead(pair.Key, out var key))
            return null;
        if (pair.Value.Length > SharedLimits.MaxBytes)
        {
            fault = $"{pair.Value.Length} octets, and {SharedLimits.MaxBytes} are the most";
            return null;
        }

        if (TryDecode(pair.Value.Span, out var value))
            return new SharedEntry(key, value, pair.CreateRevision, pair.ModRevision);
        fault = "it is not text in UTF-8";
        return null;
    }

    private static bool TryDecode(ReadOnlySpan<byte> octets, out string text)
    {
        try
        {
            text = Strict.GetString(octets);
            return true;
        }
        catch (DecoderFallbackException)
        {
            text = "";
            return false;
        }
    }
}
