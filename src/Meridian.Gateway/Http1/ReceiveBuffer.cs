using System.Buffers;
using System.Runtime.CompilerServices;
using Meridian.Addresses;
using Meridian.Gateway.Retries;

namespace Meridian.Gateway.Http1;

/// <summary>
/// What has come from an address and was not read yet. What waits for more is pooled: ten thousand streams that each
/// made garbage with every event would be held up together by its collection.
/// </summary>
/// <param name="stream">The octets of the address.</param>
/// <param name="claim">Claims the connection when its idle time ends by itself; see <see cref="IdleRead"/>.</param>
internal sealed class ReceiveBuffer(Stream stream, Func<bool> claim)
{
    private const int FirstSize = 4096;
    private const int LargeSize = 64 * 1024;

    private readonly IdleRead _idle = new(claim);
    private byte[] _octets = [];
    private int _start;
    private int _end;
    private bool _filled;

    /// <summary>Whether the address has sent something, or has ended, while nothing was asked of it.</summary>
    public bool HasArrived => _idle.HasArrived;

    /// <summary>Octets that are there.</summary>
    public int Length => _end - _start;

    /// <summary>The octets that are there, until the next one is awaited.</summary>
    public ReadOnlySpan<byte> Span => _octets.AsSpan(_start, _end - _start);

    /// <summary>Takes the first octets; they stand until more are awaited.</summary>
    public ReadOnlyMemory<byte> Take(int count)
    {
        var taken = _octets.AsMemory(_start, count);
        _start += count;
        return taken;
    }

    /// <summary>Passes over the first octets.</summary>
    public void Skip(int count) => _start += count;

    /// <summary>Rents the memory before the first read.</summary>
    public void Open()
    {
        if (_octets.Length == 0)
            _octets = ArrayPool<byte>.Shared.Rent(FirstSize);
    }

    /// <summary>Gives the memory back when nothing is read any more.</summary>
    public void Close()
    {
        if (_octets.Length > 0)
            ArrayPool<byte>.Shared.Return(_octets);
        _octets = [];
        _start = _end = 0;
    }

    /// <summary>
    /// Waits while nothing is under way, without any memory; false where something is there already.
    /// </summary>
    public bool TryRest()
    {
        Close();
        return _idle.TryBegin(stream);
    }

    /// <summary>Waits for more octets; returns how many have come, 0 at the end of the connection.</summary>
    /// <exception cref="UpstreamException">The connection was reset.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<int> FillAsync(CancellationToken cancellationToken)
    {
        try
        {
            if (_idle.IsPending)
                await _idle.WaitAsync(cancellationToken);
            MakeRoom();
            var read = await stream.ReadAsync(_octets.AsMemory(_end), cancellationToken);
            _end += read;
            _filled = _end == _octets.Length;
            return read;
        }
        catch (IOException e) when (e is not UpstreamException)
        {
            throw new UpstreamException(FailureKind.Reset,
                $"the connection was reset: {ErrorText.Of(e)}", e);
        }
    }

    /// <summary>Waits for more octets, which have to come.</summary>
    /// <exception cref="UpstreamException">The connection ended.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask FillOrFailAsync(CancellationToken cancellationToken)
    {
        if (await FillAsync(cancellationToken) == 0)
            throw new UpstreamException(FailureKind.Reset, "the connection ended before the answer did");
    }

    private void MakeRoom()
    {
        if (_start == _end)
        {
            _start = _end = 0;

            // Where more comes at a time than there is room for, room is made; streams of small pieces keep their small
            // buffers.
            if (_filled && _octets.Length < LargeSize)
                Grow(LargeSize);
        }
        else if (_start > 0 && _end == _octets.Length)
        {
            _octets.AsSpan(_start, _end - _start).CopyTo(_octets);
            _end -= _start;
            _start = 0;
        }

        if (_end == _octets.Length)
            Grow(_octets.Length * 2);
    }

    private void Grow(int size)
    {
        var larger = ArrayPool<byte>.Shared.Rent(size);
        _octets.AsSpan(_start, _end - _start).CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_octets);
        _octets = larger;
        _end -= _start;
        _start = 0;
    }
}
