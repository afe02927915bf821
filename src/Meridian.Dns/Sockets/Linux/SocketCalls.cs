using System.Runtime.InteropServices;

namespace Meridian.Dns.Sockets.Linux;

/// <summary>
/// The two system calls that carry many datagrams at once (recvmmsg(2), sendmmsg(2)), and the one that puts their
/// thread first (setpriority(2)), which .NET does not offer. A call a datagram costs a fifth of the throughput.
/// Elsewhere <see cref="UdpLoop"/> does the same with portable sockets.
/// </summary>
internal static unsafe partial class SocketCalls
{
    /// <summary>Block until one datagram is there, and take those that are there then.</summary>
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
    /// Of the calling thread, where <paramref name="which"/> and <paramref name="who"/> are 0: threads have priorities
    /// of their own on Linux.
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
