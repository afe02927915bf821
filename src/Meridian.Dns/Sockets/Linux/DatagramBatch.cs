using System.Runtime.InteropServices;

namespace Meridian.Dns.Sockets.Linux;

/// <summary>Native memory for a batch of datagrams: headers, addresses and buffers. Freed when disposed.</summary>
internal sealed unsafe class DatagramBatch : IDisposable
{
    /// <summary>struct sockaddr_in6, the longer of the two that are used.</summary>
    private const int MaxAddress = 28;

    private readonly int _size;
    private readonly SocketCalls.MessageHeader* _headers;
    private readonly SocketCalls.Buffer* _buffers;
    private readonly byte* _addresses;
    private readonly byte* _data;

    /// <param name="count">Datagrams in the batch.</param>
    /// <param name="size">Octets for each.</param>
    public DatagramBatch(int count, int size)
    {
        Count = count;
        _size = size;
        _headers = (SocketCalls.MessageHeader*)NativeMemory.AllocZeroed((nuint)count,
            (nuint)sizeof(SocketCalls.MessageHeader));
        _buffers = (SocketCalls.Buffer*)NativeMemory.AllocZeroed((nuint)count, (nuint)sizeof(SocketCalls.Buffer));
        _addresses = (byte*)NativeMemory.AllocZeroed((nuint)count, MaxAddress);
        _data = (byte*)NativeMemory.AlignedAlloc((nuint)(count * size), 64);
        for (var i = 0; i < count; i++)
        {
            _buffers[i] = new SocketCalls.Buffer { Start = _data + (i * size), Length = (nuint)size };
            _headers[i].Header = new SocketCalls.Header
            {
                Name = _addresses + (i * MaxAddress),
                NameLength = MaxAddress,
                Buffers = _buffers + i,
                BufferCount = 1,
            };
        }
    }

    public int Count { get; }

    /// <summary>The whole buffer of a datagram.</summary>
    public Span<byte> Buffer(int index) => new(_data + (index * _size), _size);

    /// <summary>A datagram as received.</summary>
    public ReadOnlySpan<byte> Message(int index) => new(_data + (index * _size), (int)_headers[index].Length);

    /// <summary>The peer's struct sockaddr.</summary>
    public ReadOnlySpan<byte> Peer(int index) =>
        new(_headers[index].Header.Name, (int)_headers[index].Header.NameLength);

    /// <summary>Receives one or more datagrams, blocking for the first; −1 with an error, as recvmmsg(2).</summary>
    public int Receive(int socket)
    {
        for (var i = 0; i < Count; i++)
            _headers[i].Header.NameLength = MaxAddress;
        return SocketCalls.Receive(socket, _headers, (uint)Count, SocketCalls.MsgWaitForOne, null);
    }

    /// <summary>
    /// Sends datagrams 0 to <paramref name="count"/> − 1. A datagram that the kernel refuses is lost, as any datagram
    /// may be.
    /// </summary>
    public void Send(int socket, int count)
    {
        for (var sent = 0; sent < count;)
        {
            var taken = SocketCalls.Send(socket, _headers + sent, (uint)(count - sent), 0);

            // An error concerns the first datagram alone: an unreachable client, or an ICMP error of an earlier answer.
            sent += taken > 0 ? taken : Marshal.GetLastPInvokeError() == SocketCalls.Interrupted ? 0 : 1;
        }
    }

    /// <summary>
    /// Makes datagram <paramref name="index"/> one of <paramref name="length"/> octets for a peer of another batch.
    /// </summary>
    public void Address(int index, int length, DatagramBatch from, int peer)
    {
        _headers[index].Header.Name = from._headers[peer].Header.Name;
        _headers[index].Header.NameLength = from._headers[peer].Header.NameLength;
        _buffers[index].Length = (nuint)length;
    }

    public void Dispose()
    {
        NativeMemory.Free(_headers);
        NativeMemory.Free(_buffers);
        NativeMemory.Free(_addresses);
        NativeMemory.AlignedFree(_data);
    }
}
