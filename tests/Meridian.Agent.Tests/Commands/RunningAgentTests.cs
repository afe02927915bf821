using Meridian.Agent.Commands;
using Meridian.Agent.Tests.Support;
using Meridian.Tunnel.Sites;
using Microsoft.Extensions.Logging;

namespace Meridian.Agent.Tests.Commands;

public sealed class RunningAgentTests : IAsyncDisposable
{
    private const string Nowhere = "gateways: [\"127.0.0.1:1\"]\n";

    private readonly AgentTestFolder _folder = new();
    private readonly LogLines _log = new();
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;

    [Fact]
    public async Task A_status_that_cannot_be_written_is_logged_once_and_nothing_else_stops()
    {
        Run();
        await _log.UntilAsync("this is tried again every second");
        _folder.Write($"{Nowhere}services: [{{name: a, address: \"127.0.0.1:1\"}}]\n");
        await _log.UntilAsync("agent.yaml is applied: 1 services");
        Assert.Equal(1, _log.Count("this is tried again every second"));

        Directory.Delete(_folder.At("status.json.new"));
        await Wait.UntilAsync(() => AgentStatus.Read(_folder.Folder.Status)?.Services is [{ Name: "a" }],
            () => "no status");
    }

    [Fact]
    public async Task Why_it_cannot_get_in_is_logged_with_its_date_and_level()
    {
        Run();
        await _log.UntilAsync("127.0.0.1:1: connection refused");
        Assert.Contains(_log.All, l => System.Text.RegularExpressions.Regex.IsMatch(l,
            @"^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3}Z warn 127\.0\.0\.1:1: connection refused$"));
    }

    [Theory]
    [InlineData(LogLevel.Information, "info")]
    [InlineData(LogLevel.Warning, "warn")]
    [InlineData(LogLevel.Error, "error")]
    public void A_line_of_the_log_begins_with_its_time_and_level(LogLevel level, string name) =>
        Assert.Equal($"2026-11-29 20:15:00.007Z {name} what happened",
            LogLine.Of(new DateTimeOffset(2026, 11, 29, 21, 15, 0, 7, TimeSpan.FromHours(1)), level, "what happened"));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _running.WithinAsync(20);
        _stop.Dispose();
        _folder.Dispose();
    }

    // An agent with a folder in the place of a file that it writes.
    private void Run()
    {
        _folder.Enroll(TimeProvider.System).Dispose();
        _folder.Write($"{Nowhere}services: []\n");
        Directory.CreateDirectory(_folder.At("status.json.new"));
        var settings = new RunSettings
        {
            TokenFile = null,
            AuthorityFile = null,
            Drain = TimeSpan.Zero,
            Forms = [TunnelForm.Tls],
        };
        _running = RunningAgent.Prepare(_folder.Folder, settings, _log, TimeProvider.System).RunAsync(_stop.Token);
    }
}
