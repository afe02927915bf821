using System.Buffers;

namespace Meridian.Gateway.Forwarding;

/// <summary>
/// Holds back what follows the last complete event of an event stream (HTML section 9.2.6), so that an event of which
/// the rest never comes does not reach the client. A comment line is complete by itself: it keeps connections alive.
/// </summary>
internal sealed class EventTail : IDisposable
{
    /// <summary>What is held back at most; a larger event is passed on as it comes.</summary>
    public const int MaxHeld = 64 * 1024;

    private byte[] _octets = [];
    private int _length;

    // Where in the stream the next octet stands.
    private bool _inLine;
    private bool _afterCr;
    private bool _inEvent;

    /// <summary>What is held back.</summary>
    public ReadOnlyMemory<byte> Held => _octets.AsMemory(0, _length);

    /// <summary>Whether the client has the beginning of an event that was too large to be held back.</summary>
    public bool IsSplit { get; private set; }

    /// <summary>
    /// Reads on in the stream; returns how many octets of the piece may be passed on, with what was held before.
    /// </summary>
    public int Read(ReadOnlySpan<byte> piece)
    {
        var complete = 0;
        for (var i = 0; i < piece.Length; i++)
        {
            if (_afterCr)
            {
                // The LF of CR LF ends no line of its own.
                _afterCr = false;
                if (piece[i] == '\n')
                {
                    if (!_inEvent)
                        complete = i + 1;
                    continue;
                }
            }

            if (piece[i] is not ((byte)'\r' or (byte)'\n'))
            {
                BeginLine(piece[i]);
                var end = piece[i..].IndexOfAny((byte)'\r', (byte)'\n');
                if (end < 0)
                    break;
                i += end;
            }

            EndLine(piece[i] == '\r');
            if (!_inEvent)
                complete = i + 1;
        }

        if (complete > 0)
            IsSplit = false;
        return complete;
    }

    /// <summary>Holds back octets behind the last complete event; false where they are too many.</summary>
    public bool TryHold(ReadOnlySpan<byte> rest)
    {
        if (IsSplit || _length + rest.Length > MaxHeld)
        {
            IsSplit = true;
            return false;
        }

        if (_length + rest.Length > _octets.Length)
            Grow(_length + rest.Length);
        rest.CopyTo(_octets.AsSpan(_length));
        _length += rest.Length;
        return true;
    }

    /// <summary>What was held back has been passed on.</summary>
    public void Release()
    {
        if (_octets.Length > 0)
            ArrayPool<byte>.Shared.Return(_octets);
        (_octets, _length) = ([], 0);
    }

    /// <summary>
    /// The stream broke off: the client has all up to the last complete event, and goes on from there.
    /// </summary>
    public void Drop()
    {
        Release();
        if (!IsSplit)
            _inLine = _afterCr = _inEvent = false;
    }

    public void Dispose() => Release();

    private void BeginLine(byte first)
    {
        if (_inLine)
            return;
        _inLine = true;
        _inEvent |= first != ':';
    }

    // An empty line ends an event.
    private void EndLine(bool byCr)
    {
        if (!_inLine)
            _inEvent = false;
        (_inLine, _afterCr) = (false, byCr);
    }

    private void Grow(int length)
    {
        var larger = ArrayPool<byte>.Shared.Rent(length);
        Held.Span.CopyTo(larger);
        if (_octets.Length > 0)
            ArrayPool<byte>.Shared.Return(_octets);
        _octets = larger;
    }
}
