using System.Net.Sockets;

namespace Meridian.Agent.Commands;

/// <summary>The table that <c>meridian-agent check</c> writes, line by line.</summary>
internal sealed class CheckReport(TextWriter output, TimeProvider time)
{
    /// <summary>Whether any step has failed.</summary>
    public bool HasFailed { get; private set; }

    public void WriteHead() => output.WriteLine($"{"WHAT",-12} {"WHERE",-36} {"RESULT",-8} DETAIL");

    public void Write(string what, string where, bool ok, string detail)
    {
        HasFailed |= !ok;
        output.WriteLine($"{what,-12} {where,-36} {(ok ? "ok" : "FAILED"),-8} {detail}");
    }

    /// <summary>Takes a step, and writes what it has found and how long that took.</summary>
    public async Task StepAsync(string what, string where, Func<Task<string>> step)
    {
        var began = time.GetTimestamp();
        try
        {
            var detail = await step();
            Write(what, where, true, $"{detail} ({time.GetElapsedTime(began).TotalMilliseconds:0} ms)");
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException)
        {
            Write(what, where, false, e.Message);
        }
    }
}
