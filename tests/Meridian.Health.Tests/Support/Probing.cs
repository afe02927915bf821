using Meridian.Health.Probes;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Tests.Support;

/// <summary>Sends one probe and shows its result on one line; <c>DOWN</c> comes first where it failed.</summary>
internal static class Probing
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static Task<string> AskAsync(
        int port, HttpCheck check, string host = "app.example", int? timeoutMs = null) =>
        AskAsync(new HealthCheck { Name = "c", Http = check }, port, host: host, timeoutMs: timeoutMs);

    public static async Task<string> AskAsync(HealthCheck check, int port = 0, string target = "127.0.0.1",
        string host = "app.example", int? timeoutMs = null)
    {
        var result = await ProbeAsync(check, port, target, host, timeoutMs);
        return result.Ok ? result.Reason : $"DOWN {result.Reason}";
    }

    public static async Task<ProbeResult> ProbeAsync(HealthCheck check, int port = 0, string target = "127.0.0.1",
        string host = "app.example", int? timeoutMs = null)
    {
        using var prober = new Prober(TimeProvider.System);
        check = check with { Timeout = timeoutMs is { } ms ? TimeSpan.FromMilliseconds(ms) : Patience };
        return await prober.ProbeAsync(new ProbeTarget(new ProbeKey("c", target, port, host), check),
            CancellationToken.None);
    }
}
