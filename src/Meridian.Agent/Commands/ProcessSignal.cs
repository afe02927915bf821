using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Meridian.Agent.Commands;

/// <summary>Sends a signal to a process: bare hosts may have no <c>kill</c> program.</summary>
internal static partial class ProcessSignal
{
    /// <exception cref="Win32Exception">There is no such process, or it is not ours to signal.</exception>
    public static void Send(int process, PosixSignal signal)
    {
        if (Kill(process, (int)signal) != 0)
            throw new Win32Exception(Marshal.GetLastPInvokeError());
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int process, int signal);
}
