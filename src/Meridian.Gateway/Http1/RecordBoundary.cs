namespace Meridian.Gateway.Http1;

/// <summary>
/// Follows the records of TLS in the octets that come, and knows whether they end with a whole one. A record is a type,
/// a version, two octets of length and as many octets as that says (RFC 8446 section 5.1).
/// </summary>
internal struct RecordBoundary
{
    private const int HeaderSize = 5;

    // Octets of the header that have come, 0 to 4; its last two are the length.
    private int _header;
    private int _length;
    private int _left;

    /// <summary>Whether the rest of a record is still to come.</summary>
    public readonly bool IsWithin => _header > 0 || _left > 0;

    /// <summary>These octets have come.</summary>
    public void Pass(ReadOnlySpan<byte> octets)
    {
        while (octets.Length > 0)
        {
            var skipped = Math.Min(_left, octets.Length);
            _left -= skipped;
            octets = octets[skipped..];
            if (_left > 0 || octets.Length == 0)
                return;

            _length = ((_length << 8) | octets[0]) & ushort.MaxValue;
            _header++;
            octets = octets[1..];
            if (_header == HeaderSize)
                (_left, _header) = (_length, 0);
        }
    }
}
