using System.Net.Sockets;
using System.Text.Json;
using Meridian.Addresses;

namespace Meridian.Agent.Commands;

/// <summary>What <c>meridian-agent check</c> writes: a table line by line, or JSON at the end.</summary>
internal sealed class CheckReport(TextWriter output, bool json, TimeProvider time)
{
    private readonly List<CheckStep> _steps = [];

    /// <summary>Whether any step has failed.</summary>
    public bool HasFailed => _steps.Exists(s => !s.Ok);

    public void WriteHead()
    {
        if (!json)
            output.WriteLine($"{"WHAT",-12} {"WHERE",-36} {"RESULT",-8} DETAIL");
    }

    public void Write(string what, string where, bool ok, string detail)
    {
        (where, detail) = (DisplayText.Escape(where), DisplayText.Escape(detail));
        _steps.Add(new CheckStep(what, where, ok, detail));
        if (!json)
            output.WriteLine($"{what,-12} {where,-36} {(ok ? "ok" : "FAILED"),-8} {detail}");
    }

    public void WriteEnd()
    {
        if (json)
            output.WriteLine(JsonSerializer.Serialize(_steps, AgentJson.Default.ListCheckStep));
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
