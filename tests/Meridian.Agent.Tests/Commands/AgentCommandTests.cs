using System.CommandLine;
using System.Diagnostics;
using System.Text.Json.Nodes;
using Meridian.Agent.Commands;
using Meridian.Agent.Tests.Support;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Tests.Commands;

/// <summary>What each command answers and exits with, as far as no gateway is needed.</summary>
public sealed class AgentCommandTests : IDisposable
{
    private const string File = "gateways: [\"127.0.0.1:1\"]\nservices: []\n";

    private readonly AgentTestFolder _folder = new();

    private string State => Path.GetDirectoryName(_folder.Folder.File)!;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("rnu", "did you mean `run`?")]
    [InlineData("services lst", "did you mean `list`?")]
    [InlineData("run --fomr Tls", "did you mean `--form`?")]
    public async Task A_mistyped_command_or_option_is_answered_with_what_was_meant(string line, string meant)
    {
        var (exitCode, _, error) = await _folder.RunAsync(line.Split(' '));
        Assert.Equal(2, exitCode);
        Assert.Contains(meant, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("30s", 30)]
    [InlineData("1.5m", 90)]
    [InlineData("500ms", 0.5)]
    public void A_drain_is_a_duration_as_people_write_them(string text, double seconds)
    {
        var result = RootCommandFactory.Create().Parse(["run", "--drain", text]);
        Assert.Empty(result.Errors);
        Assert.Equal(TimeSpan.FromSeconds(seconds), result.GetValue<TimeSpan>("--drain"));
    }

    [Fact]
    public void Every_command_that_prints_what_it_has_done_prints_JSON() => Assert.All(
        (string[])["enroll --gateway a", "check", "status", "services list", "upgrade f"],
        line => Assert.Empty(RootCommandFactory.Create().Parse($"{line} -o json").Errors));

    [Fact]
    public void An_upgrade_is_told_in_words_or_as_JSON()
    {
        var alone = new UpgradeDocument("/usr/bin/meridian-agent", "2.0", "/usr/bin/meridian-agent.old", null, null);
        Assert.Equal("/usr/bin/meridian-agent is version 2.0; no agent runs with this folder",
            UpgradeCommand.TextOf(alone, json: false));
        var done = alone with { ProcessId = 8, Before = 7 };
        Assert.Equal("process 8, version 2.0, has taken over from 7, which ends when what is under way has ended; "
            + "the old program is /usr/bin/meridian-agent.old", UpgradeCommand.TextOf(done, json: false));
        var json = JsonNode.Parse(UpgradeCommand.TextOf(done, json: true))!;
        Assert.Equal((8, 7, "2.0"), (json["processId"]!.GetValue<int>(), json["before"]!.GetValue<int>(),
            json["version"]!.GetValue<string>()));
    }

    [Theory]
    [InlineData("--nonsense")]
    [InlineData("services", "add", "kokoro")]
    [InlineData("enroll")]
    [InlineData("run", "--drain", "soon")]
    [InlineData("run", "--drain", "30")]
    [InlineData("run", "--form", "Carrier")]
    [InlineData("run", "--form", "77")]
    [InlineData("run", "--form", "0")]
    [InlineData("run", "--form", "Tls,Upgrade")]
    [InlineData("run", "--form", "a\u001b[31m\nb")]
    public async Task Wrong_usage_exits_with_2_and_says_where_help_is(params string[] arguments)
    {
        var (exitCode, _, error) = await _folder.RunAsync(arguments);
        Assert.Equal(2, exitCode);
        Assert.All(error.TrimEnd().Split('\n'),
            line => Assert.StartsWith("meridian-agent: ", line, StringComparison.Ordinal));
        Assert.EndsWith("show how it is used\n", error, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', error);
    }

    [Fact]
    public void Every_option_that_takes_a_name_reads_it_strictly() => Assert.All(
        AllOf(RootCommandFactory.Create()), s => Assert.True(s.GetType().GetProperty("CustomParser")!.GetValue(s)
            is not null, $"{s.Name} is read by the framework, which takes numbers for names"));

    private static IEnumerable<Symbol> AllOf(Command command) => command.Options.Cast<Symbol>()
        .Where(o => IsEnum(((Option)o).ValueType))
        .Concat(command.Arguments.Where(a => IsEnum(a.ValueType)))
        .Concat(command.Subcommands.SelectMany(AllOf));

    private static bool IsEnum(Type type) =>
        (Nullable.GetUnderlyingType(type) ?? type.GetElementType() ?? type).IsEnum
        || type.GetGenericArguments().Any(IsEnum);

    [Theory]
    [InlineData("run")]
    [InlineData("check")]
    [InlineData("services", "list")]
    public async Task A_file_that_is_missing_or_faulty_exits_with_3(params string[] arguments)
    {
        Assert.Equal((3, "", $"meridian-agent: there is no {_folder.Folder.File}; "
            + $"`meridian-agent enroll --gateway HOST --state {State}` makes one\n"),
            await _folder.RunAsync(arguments));
        _folder.Write("gateways: []");
        Assert.Equal((3, "", $"meridian-agent: {_folder.Folder.File}:1: `gateways` is empty: "
            + "the agent has nowhere to dial\n"), await _folder.RunAsync(arguments));
    }

    [Fact]
    public async Task An_agent_without_a_way_to_a_certificate_exits_with_3()
    {
        _folder.Write(File);
        Assert.Equal((3, "", "meridian-agent: this agent is not enrolled; "
            + $"`meridian-agent enroll --gateway 127.0.0.1:1 --state {State}` does it, "
            + "or --token-file in Kubernetes\n"), await _folder.RunAsync("run"));
        Assert.Equal((3, "", "meridian-agent: --token-file needs --authority, the output of "
            + "`meridian tunnel authority`: the token is shown to no other gateway\n"),
            await _folder.RunAsync("run", "--token-file", "token"));
        Assert.Equal(3, (await _folder.RunAsync("run", "--token-file", "token", "--authority",
            _folder.At("nowhere"))).ExitCode);
        await System.IO.File.WriteAllTextAsync(_folder.At("authority.pem"), "nonsense");
        Assert.Equal(3, (await _folder.RunAsync("run", "--token-file", "token", "--authority",
            _folder.At("authority.pem"))).ExitCode);
    }

    [Fact]
    public async Task A_code_or_a_gateway_that_is_none_exits_with_1()
    {
        var code = _folder.At("code");
        await System.IO.File.WriteAllTextAsync(code, "nonsense");
        if (!OperatingSystem.IsWindows())
            System.IO.File.SetUnixFileMode(code, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.Equal((1, "", "meridian-agent: this is no code of `meridian tunnel enroll`\n"),
            await _folder.RunAsync("enroll", "--gateway", "127.0.0.1:1", "--code-file", code));
        Assert.Equal((1, "", "meridian-agent: `a b` is no gateway: write HOST or HOST:PORT\n"),
            await _folder.RunAsync("enroll", "--gateway", "a b", "--code-file", code));

        await System.IO.File.WriteAllTextAsync(code, $"{new string('A', 22)}.{new string('A', 43)}");
        var (exitCode, _, error) = await _folder.RunAsync("enroll", "--gateway", "127.0.0.1:1", "--code-file", code);
        Assert.Equal((1, "meridian-agent: 127.0.0.1:1: connection refused\n"), (exitCode, error));
        Assert.False(_folder.Folder.IsEnrolled);
    }

    [Fact]
    public async Task Services_are_added_listed_and_removed()
    {
        _folder.Write(File);
        Assert.Equal((0, "", ""), await _folder.RunAsync("services", "add", "kokoro", "127.0.0.1:8880", "--health",
            "/health"));
        Assert.Equal((0, "", ""), await _folder.RunAsync("services", "add", "raw", "unix:/run/raw.sock"));
        Assert.Equal((0, """
            kokoro                  127.0.0.1:8880  GET /health
            raw                     unix:/run/raw.sock

            """, ""), await _folder.RunAsync("services", "list"));
        Assert.Equal((1, "", "meridian-agent: there is a service `raw` already\n"),
            await _folder.RunAsync("services", "add", "raw", "127.0.0.1:1"));
        Assert.Equal((1, "", "meridian-agent: ADDRESS is HOST:PORT or unix:/PATH\n"),
            await _folder.RunAsync("services", "add", "more", "nowhere"));
        Assert.Equal((0, "", ""), await _folder.RunAsync("services", "remove", "kokoro"));
        Assert.Equal((1, "", "meridian-agent: there is no service `kokoro`\n"),
            await _folder.RunAsync("services", "remove", "kokoro"));
    }

    [Fact]
    public async Task A_status_is_that_of_an_agent_that_runs()
    {
        var none = (1, "", "meridian-agent: no agent runs with this folder\n");
        Assert.Equal(none, await _folder.RunAsync("status"));
        using var other = Process.Start(new ProcessStartInfo("/bin/true"))!;
        await other.WaitForExitAsync();
        Status(other.Id, null).Write(_folder.Folder.Status);
        Assert.Equal(none, await _folder.RunAsync("status"));

        Status(Environment.ProcessId, null).Write(_folder.Folder.Status);
        var (exitCode, output, _) = await _folder.RunAsync("status");
        Assert.Equal(0, exitCode);
        Assert.Contains("certificate aaaaaaaaaaaaaaaa until 2026-05-02 12:00:00Z", output, StringComparison.Ordinal);
        Assert.Contains("gateway:7443                   tokyo-1           Tls        up since 2026-05-01 12:00:00Z",
            output, StringComparison.Ordinal);
        Assert.Contains("llm                     Up        ok", output, StringComparison.Ordinal);

        Status(Environment.ProcessId, "the connection is lost").Write(_folder.Folder.Status);
        Assert.Equal(1, (await _folder.RunAsync("status")).ExitCode);
        (exitCode, output, _) = await _folder.RunAsync("status", "-o", "json");
        Assert.Equal(1, exitCode);
        Assert.Equal("the connection is lost",
            JsonNode.Parse(output)!["links"]![0]!["fault"]!.GetValue<string>());
    }

    [Fact]
    public async Task Steps_and_services_are_there_as_JSON_too()
    {
        _folder.Write("gateways: [\"127.0.0.1:1\"]\nservices:\n- {name: llm, address: \"127.0.0.1:1\"}\n");
        var (exitCode, output, _) = await _folder.RunAsync("check", "-o", "json");
        Assert.Equal(1, exitCode);
        var steps = JsonNode.Parse(output)!.AsArray();
        Assert.Equal("certificate", steps[1]!["what"]!.GetValue<string>());
        Assert.False(steps[1]!["ok"]!.GetValue<bool>());
        Assert.Equal("service", steps[^1]!["what"]!.GetValue<string>());

        (exitCode, output, _) = await _folder.RunAsync("services", "list", "-o", "json");
        Assert.Equal(0, exitCode);
        Assert.Equal("127.0.0.1:1", JsonNode.Parse(output)!.AsArray().Single()!["address"]!.GetValue<string>());
        Assert.Equal(2, (await _folder.RunAsync("check", "-o", "yaml")).ExitCode);
    }

    [Fact]
    public async Task A_check_goes_on_after_a_step_that_fails_and_exits_with_1()
    {
        _folder.Write("gateways: [\"127.0.0.1:1\"]\nservices:\n- {name: llm, address: \"127.0.0.1:1\"}\n");
        var (exitCode, output, _) = await _folder.RunAsync("check");
        Assert.Equal(1, exitCode);
        Assert.Contains("certificate  -                                    FAILED   not enrolled", output,
            StringComparison.Ordinal);
        Assert.Contains("dns          127.0.0.1                            ok       127.0.0.1", output,
            StringComparison.Ordinal);
        Assert.Contains("tls rh2      127.0.0.1:1                          FAILED   127.0.0.1:1: connection refused",
            output, StringComparison.Ordinal);
        Assert.Contains("service      llm                                  FAILED", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_upgrade_to_a_file_that_does_not_run_exits_with_1_and_changes_nothing()
    {
        var before = System.IO.File.GetLastWriteTimeUtc(Environment.ProcessPath!);
        var (exitCode, _, error) = await _folder.RunAsync("upgrade", _folder.Program("broken", "exit 1"));
        Assert.Equal(1, exitCode);
        Assert.Matches("does not run on this host; nothing has changed|is run by a runtime", error);
        Assert.Equal(before, System.IO.File.GetLastWriteTimeUtc(Environment.ProcessPath!));
    }

    private static AgentStatus Status(int process, string? fault) => new(process,
        new DateTimeOffset(2026, 5, 2, 12, 0, 0, TimeSpan.Zero), new string('A', 64), 0,
        [new LinkState("gateway:7443", "tokyo-1", TunnelForm.Tls,
            new DateTimeOffset(2026, 5, 1, 12, 0, 0, TimeSpan.Zero), fault)],
        [new ServiceReport("llm", ServiceHealth.Up, "ok")]);
}
