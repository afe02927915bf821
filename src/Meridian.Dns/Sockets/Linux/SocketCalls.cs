using System.Runtime.InteropServices;

namespace Meridian.Dns.Sockets.Linux;

/// <summary>
/// System calls that .NET does not offer: two that carry many datagrams at once (recvmmsg(2), sendmmsg(2)), and the one
/// that raises the priority of their thread (setpriority(2)). One call for each datagram would cost a fifth of the
/// throughput. On other systems <see cref="UdpLoop"/> does the same with portable sockets.
/// </summary>
internal static unsafe partial class SocketCalls
{
    /// <summary>Block until the first datagram arrives, then receive only those that are waiting.</summary>
    public const int MsgWaitForOne = 0x10000;

    /// <summary>EAGAIN: the receive time-out has passed.</summary>
    public const int Again = 11;

    /// <summary>EINTR.</summary>
    public const int Interrupted = 4;

    [LibraryImport("libc", EntryPoint = "recvmmsg", SetLastError = true)]
    public static partial int Receive(int socket, MessageHeader* messages, uint count, int flags, void* timeout);

    [LibraryImport("libc", EntryPoint = "sendmmsg", SetLastError = true)]
    public static partial int Send(int socket, MessageHeader* messages, uint count, int flags);

    /// <summary>
    /// Sets the priority of the calling thread when <paramref name="which"/> and <paramref name="who"/> are 0: on Linux
    /// each thread has its own.
    /// </summary>
    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    public static partial int SetPriority(int which, uint who, int priority);

    /// <summary>struct iovec.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Buffer
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary>struct msghdr.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Header
    {
        public byte* Name;
        public uint NameLength;
        public Buffer* Buffers;
        public nuint BufferCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }

    /// <summary>struct mmsghdr: a message, and the octets that were received or sent.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct MessageHeader
    {
        public Header Header;
        public uint Length;
    }
}
