using System.Buffers;
using Meridian.Model.Resources;

namespace Meridian.Gateway.Bodies;

/// <summary>
/// The part of a request's body that has been sent, kept to be sent again: in memory at first, then in a file that is
/// deleted with its handle. There is one writer; readers only read what was kept before they began.
/// </summary>
internal sealed class Replay(GatewayReplay limits, ReplayStore store) : IAsyncDisposable
{
    private const int BlockSize = 64 * 1024;

    private readonly List<byte[]> _blocks = [];
    private FileStream? _file;
    private long _memory;
    private long _disk;
    private long _taken;

    /// <summary>Octets that are kept.</summary>
    public long Length => _memory + _disk;

    /// <summary>
    /// Keeps more octets; false where there is no room, and then nothing is kept any longer. It cannot be cancelled,
    /// because a partial copy cannot be told from a complete one.
    /// </summary>
    public async ValueTask<bool> TryKeepAsync(ReadOnlySequence<byte> octets)
    {
        foreach (var segment in octets)
        {
            var rest = segment;
            while (!rest.IsEmpty)
            {
                var kept = KeepInMemory(rest.Span);
                if (kept == 0)
                {
                    if (!await TryKeepInFileAsync(rest))
                    {
                        await DisposeAsync();
                        return false;
                    }

                    kept = rest.Length;
                }

                rest = rest[kept..];
            }
        }

        return true;
    }

    /// <summary>Reads what is kept, in order, in pieces that are valid until the next one is asked for.</summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync()
    {
        var (memory, disk) = (_memory, _disk);
        for (var i = 0; i < _blocks.Count && memory > 0; i++)
        {
            var count = (int)Math.Min(memory, BlockSize);
            yield return _blocks[i].AsMemory(0, count);
            memory -= count;
        }

        if (disk == 0)
            yield break;
        var buffer = ArrayPool<byte>.Shared.Rent(BlockSize);
        try
        {
            for (var at = 0L; at < disk;)
            {
                var read = await RandomAccess.ReadAsync(_file!.SafeFileHandle,
                    buffer.AsMemory(0, (int)Math.Min(BlockSize, disk - at)), at);
                if (read == 0)
                    throw new IOException("the file that a request's body is kept in is shorter than it was");
                at += read;
                yield return buffer.AsMemory(0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var block in _blocks)
            ArrayPool<byte>.Shared.Return(block);
        _blocks.Clear();
        if (_file is not null)
            await _file.DisposeAsync();
        _file = null;
        store.Give(_taken, _disk);
        _memory = _disk = _taken = 0;
    }

    private static FileStream OpenFile()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.Delete,
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous,
            BufferSize = 0,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new FileStream(Path.Combine(Path.GetTempPath(), $"meridian-{Path.GetRandomFileName()}"), options);
    }

    private int KeepInMemory(ReadOnlySpan<byte> octets)
    {
        var used = (int)(_memory % BlockSize);
        if (_disk > 0 || _memory >= limits.Memory.Octets)
            return 0;
        if (used == 0)
        {
            if (!store.TryTakeMemory(BlockSize))
                return 0;
            _taken += BlockSize;
            _blocks.Add(ArrayPool<byte>.Shared.Rent(BlockSize));
        }

        var count = Math.Min(octets.Length, BlockSize - used);
        octets[..count].CopyTo(_blocks[^1].AsSpan(used));
        _memory += count;
        return count;
    }

    private async ValueTask<bool> TryKeepInFileAsync(ReadOnlyMemory<byte> octets)
    {
        if (_disk + octets.Length > limits.Disk.Octets || !store.TryTakeDisk(octets.Length))
            return false;
        try
        {
            _file ??= OpenFile();
            await RandomAccess.WriteAsync(_file.SafeFileHandle, octets, _disk);
            _disk += octets.Length;
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk only means that this request cannot be sent again.
            store.Give(0, octets.Length);
            return false;
        }
    }
}
