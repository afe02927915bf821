using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance.Tunnels;

/// <summary>Private sites with the real programs: a node that takes tunnels, and agents that dial it.</summary>
public sealed class TunnelTests : IAsyncLifetime
{
    private static readonly int RawPort = Ports.Free();

    private static readonly string Resources = TestNode.Zone
        + TunnelYaml.Agent("lab")
        + TunnelYaml.Agent("spare", publishes: "*")
        + TunnelYaml.Gateways()
        + TunnelYaml.Pool("lab", "lab")
        + TunnelYaml.Pool("spare", "spare")
        + TunnelYaml.Endpoint("kokoro", "profile: inference", "lab", "spare")
        + TunnelYaml.Pool("chat", "spare", "chat")
        + TunnelYaml.Endpoint("chat", "profile: grpc", "chat")
        + TunnelYaml.Pool("raw", "spare", "raw")
        + TunnelYaml.Endpoint("raw", $"tcp: {{port: {RawPort}}}", "raw");

    private readonly int _tunnel = Ports.Free();
    private readonly int _gateway = Ports.Free();
    private readonly AgentProcess _lab = new();
    private readonly AgentProcess _spare = new();
    private readonly TestNode _node = new(Resources);
    private StreamingOrigin _origin = null!;
    private HttpClient _client = null!;

    public async ValueTask InitializeAsync()
    {
        _origin = await StreamingOrigin.StartAsync();
        _client = new HttpClient(new SocketsHttpHandler { UseProxy = false })
        {
            BaseAddress = new Uri(
            $"http://127.0.0.1:{_gateway}"),
            DefaultRequestHeaders = { Host = "kokoro.example.org" }
        };
        await ServeAsync();
        foreach (var (agent, name) in ((AgentProcess, string)[])[(_lab, "lab"), (_spare, "spare")])
        {
            await agent.EnrollAsync(_node, name, _tunnel);
            await agent.CommandAsync("services", "add", "kokoro", $"127.0.0.1:{_origin.Port}", "--health", "/health");
            agent.Start();
        }

        await UntilAsync(async () => await SiteAsync() == "kokoro@lab");

        // Where it comes late it was told as down before.
        await Wait.UntilAsync(() => _node.Log.Contains("pool spare is up", StringComparison.Ordinal)
            || _node.Log.Contains("pool spare is back", StringComparison.Ordinal), () => _node.Log);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _lab.DisposeAsync();
        await _spare.DisposeAsync();
        await _node.DisposeAsync();
        await _origin.DisposeAsync();
    }

    [Fact]
    public async Task A_code_serves_once_and_a_table_says_how_things_are()
    {
        var code = (await _node.CommandAsync("tunnel", "enroll", "lab")).Output.Trim();
        await using var other = new AgentProcess();
        Assert.Equal(0, (await other.EnrollAsync(_tunnel, code)).ExitCode);
        var again = await other.EnrollAsync(_tunnel, code);
        Assert.Equal((1, "meridian-agent: this code is none, has been used, or is older than an hour\n"),
            (again.ExitCode, again.Error));
        var stranger = await other.EnrollAsync(_tunnel, $"{new string('A', 22)}.{new string('A', 43)}");
        Assert.Contains("is not the gateway that the code is for", stranger.Error, StringComparison.Ordinal);
        Assert.Contains("there is no TunnelAgent named `lub`; did you mean `lab`?",
            (await _node.CommandAsync("tunnel", "enroll", "lub")).Error, StringComparison.Ordinal);

        var check = await _lab.CommandAsync("check");
        Assert.True(check.ExitCode == 0, check.Output);
        Assert.Equal(3, check.Output.Split('\n')
            .Count(l => l.Contains("a tunnel can stand this way", StringComparison.Ordinal)));
        Assert.Matches("throughput +127.0.0.1:[0-9]+ +ok +[0-9.]+ MiB/s from the gateway, [0-9.]+ MiB/s to it",
            check.Output);
        Assert.Matches("clock +127.0.0.1:[0-9]+ +ok +as the gateway's", check.Output);
        await Wait.UntilAsync(async () =>
            (await _lab.CommandAsync("status")).Output.Contains("kokoro                  Up", StringComparison.Ordinal),
            () => _lab.Log);
        Assert.Contains("kokoro up", (await _node.CommandAsync("tunnel", "list")).Output, StringComparison.Ordinal);
        var explained = await _node.CommandAsync("status");
        Assert.Contains("kokoro@lab", explained.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_is_killed_is_left_at_once_and_comes_back()
    {
        await _lab.SignalAsync("KILL");
        for (var i = 0; i < 20; i++)
            Assert.Equal(HttpStatusCode.OK, (await _client.GetAsync("/")).StatusCode);
        Assert.Equal("kokoro@spare", await SiteAsync());
        var address = (await _node.StatusAsync()).Endpoints.Single(e => e.Name == "kokoro").Pools
            .First(p => p.Name == "lab").Addresses.Single();
        Assert.Equal(("Down", "tunnel lost"), (address.State, address.Reason));
        _lab.Start();
        await UntilAsync(async () => await SiteAsync() == "kokoro@lab");
    }

    [Fact]
    public async Task An_agent_that_is_asked_to_stop_loses_nothing()
    {
        using var stream = await _client.GetAsync("/tokens?count=100", HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("kokoro@lab", Assert.Single(stream.Headers.GetValues("x-meridian-site")));
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => LoadAsync(stop.Token)).ToArray();
        await Task.Delay(200);
        await _lab.SignalAsync("TERM");
        Assert.Equal("data: 99", (await stream.Content.ReadAsStringAsync()).TrimEnd().Split('\n')[^1]);
        Assert.Equal(0, await _lab.ExitAsync());
        await Task.Delay(200);
        await stop.CancelAsync();
        Assert.Equal(0, (await Task.WhenAll(load)).Sum(l => l.Failed));
        Assert.Equal("kokoro@spare", await SiteAsync());
    }

    [Fact]
    public async Task A_process_that_takes_over_from_another_loses_nothing()
    {
        using var stream = await _client.GetAsync("/tokens?count=200", HttpCompletionOption.ResponseHeadersRead);
        using var stop = new CancellationTokenSource();
        var load = Enumerable.Range(0, 4).Select(_ => LoadAsync(stop.Token)).ToArray();
        var (first, logged) = (_lab.Running, _node.Log.Length);
        await _lab.SignalAsync("USR2");
        Assert.Equal("data: 199", (await stream.Content.ReadAsStringAsync()).TrimEnd().Split('\n')[^1]);
        Assert.Equal(0, await _lab.ExitAsync());
        Assert.NotEqual(first, _lab.Running);
        await stop.CancelAsync();
        Assert.Equal(0, (await Task.WhenAll(load)).Sum(l => l.Failed));
        Assert.Equal("kokoro@lab", await SiteAsync());
        Assert.DoesNotContain("pool lab is down", _node.Log[logged..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_agent_that_freezes_is_found_out_by_pings_and_its_requests_go_elsewhere()
    {
        await _lab.SignalAsync("STOP");
        try
        {
            await UntilAsync(async () => (await _node.StatusAsync()).Endpoints.Single(e => e.Name == "kokoro").Pools
                .First(p => p.Name == "lab").Addresses.Single().Reason == "tunnel lost");
            Assert.Equal("kokoro@spare", await SiteAsync());
        }
        finally
        {
            await _lab.SignalAsync("CONT");
        }

        await UntilAsync(async () => await SiteAsync() == "kokoro@lab");
    }

    [Fact]
    public async Task What_the_agent_s_probe_says_moves_traffic_and_back()
    {
        _origin.Healthy = false;
        await UntilAsync(async () => (await _node.StatusAsync()).Endpoints.Single(e => e.Name == "kokoro").Pools
            .First(p => p.Name == "lab").Addresses.Single().Reason == "the agent's probe fails: http: 503");
        _origin.Healthy = true;
        await UntilAsync(async () => await SiteAsync() == "kokoro@lab");
    }

    [Fact]
    public async Task A_node_that_is_started_again_has_its_tunnels_back()
    {
        await _node.StopAsync();
        await ServeAsync();
        await UntilAsync(async () => await SiteAsync() == "kokoro@lab");
    }

    [Fact]
    public async Task Who_is_revoked_is_cut_off_and_stops_with_a_reason()
    {
        _node.Write(Resources.Replace(TunnelYaml.Agent("lab"), TunnelYaml.Agent("other"), StringComparison.Ordinal)
            .Replace("agent: lab", "agent: other", StringComparison.Ordinal));
        Assert.Equal(4, await _lab.ExitAsync());
        Assert.Contains("the gateway refuses this agent: there is no TunnelAgent lab", _lab.Log,
            StringComparison.Ordinal);
        Assert.Equal("kokoro@spare", await SiteAsync());
    }

    [Fact]
    public async Task Bodies_of_any_size_streams_and_WebSockets_go_through_and_forged_fields_do_not()
    {
        var body = RandomNumberGenerator.GetBytes(64 << 20);
        using var sent = await _client.PostAsync("/digest", new ByteArrayContent(body));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await sent.Content.ReadAsStringAsync());

        using var forged = new HttpRequestMessage(HttpMethod.Get, "/fields");
        forged.Headers.Add("X-Forwarded-For", "203.0.113.66");
        forged.Headers.Add("Forwarded", "for=203.0.113.66");
        forged.Headers.Add("X-Forwarded-Port", "66");
        forged.Headers.Add("X-Real-IP", "203.0.113.66");
        forged.Headers.Add("X-Meridian-Site", "forged");
        forged.Headers.Add("Connection", "X-Secret");
        forged.Headers.Add("X-Secret", "203.0.113.66");
        var fields = await (await _client.SendAsync(forged)).Content.ReadAsStringAsync();
        Assert.DoesNotContain("203.0.113.66", fields, StringComparison.Ordinal);
        Assert.Contains($"X-Forwarded-Port: {_gateway}\n", fields, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("X-Meridian", fields, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("X-Forwarded-For: 127.0.0.1", fields, StringComparison.OrdinalIgnoreCase);

        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Host", "kokoro.example.org");
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{_gateway}/ws"), default);
        await socket.SendAsync("hello"u8.ToArray(), WebSocketMessageType.Text, true, default);
        var buffer = new byte[100];
        var got = await socket.ReceiveAsync(buffer, default);
        Assert.Equal("hello", Encoding.ASCII.GetString(buffer, 0, got.Count));

        // A client that goes away is heard of behind the tunnel.
        using (var leaving = await _client.GetAsync("/tokens?count=10000", HttpCompletionOption.ResponseHeadersRead))
        {
            await (await leaving.Content.ReadAsStreamAsync()).ReadExactlyAsync(new byte[9]);
        }

        await UntilAsync(() => Task.FromResult(!_origin.Aborted.IsEmpty));
    }

    [Fact]
    public async Task Two_way_streams_with_trailers_go_through()
    {
        await _spare.CommandAsync("services", "add", "chat", $"127.0.0.1:{_origin.Http2Port}");
        await _node.UntilLoggedAsync("pool chat is back");
        var body = new DuplexBody();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        using var request = new HttpRequestMessage(HttpMethod.Post,
            $"http://127.0.0.1:{_gateway}/echo.Echo/Chat")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = body,
        };
        (request.Headers.Host, body.Headers.ContentType) = ("chat.example.org", new("application/grpc"));
        request.Headers.TE.ParseAdd("trailers");
        using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(answer.IsSuccessStatusCode, $"{answer}\n{_node.Log}");
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var writer = await body.Stream;
        for (byte i = 0; i < 100; i++)
        {
            byte[] message = [0, 0, 0, 0, 1, i];
            await writer.WriteAsync(message);
            await writer.FlushAsync();
            var echoed = new byte[6];
            await stream.ReadExactlyAsync(echoed);
            Assert.Equal(message, echoed);
        }

        body.Complete();
        Assert.Equal(0, await stream.ReadAsync(new byte[1]));
        Assert.Equal("0", Assert.Single(answer.TrailingHeaders.GetValues("grpc-status")));
    }

    [Fact]
    public async Task TCP_goes_through_and_each_direction_ends_by_itself()
    {
        using var service = new DigestServer();
        await _spare.CommandAsync("services", "add", "raw", $"127.0.0.1:{service.Port}");
        await _node.UntilLoggedAsync("pool raw is back");
        var octets = RandomNumberGenerator.GetBytes(5_000_000);
        Assert.Equal(SHA256.HashData(octets), await DigestServer.AskAsync(RawPort, octets));
        Assert.Equal(SHA256.HashData([]), await DigestServer.AskAsync(RawPort, []));
    }

    [Fact]
    public async Task Services_come_and_go_without_a_new_connection()
    {
        Assert.Equal(0, (await _spare.CommandAsync("services", "add", "second", $"127.0.0.1:{_origin.Port}")).ExitCode);
        await Wait.UntilAsync(async () =>
            (await _node.CommandAsync("tunnel", "list")).Output.Contains("second up", StringComparison.Ordinal),
            () => _spare.Log);
        Assert.Equal(0, (await _spare.CommandAsync("services", "remove", "second")).ExitCode);
        await Wait.UntilAsync(async () =>
            !(await _node.CommandAsync("tunnel", "list")).Output.Contains("second", StringComparison.Ordinal),
            () => "not removed " + _spare.Log);
        Assert.Equal(4, _spare.Log.Split('\n').Count(l => l.Contains(" stands ", StringComparison.Ordinal)));
    }

    private Task ServeAsync() =>
        _node.StartAsync(more: ["--gateway", $"127.0.0.1:{_gateway}", "--tunnel", $"127.0.0.1:{_tunnel}", "--tcp",
            $"127.0.0.1:{RawPort}"]);

    private async Task<string?> SiteAsync()
    {
        using var answer = await _client.GetAsync("/");
        return answer.Headers.TryGetValues("x-meridian-site", out var sites) ? sites.First() : null;
    }

    private async Task<(int Done, int Failed)> LoadAsync(CancellationToken stop)
    {
        var (done, failed) = (0, 0);
        while (!stop.IsCancellationRequested)
        {
            using var answer = await _client.PostAsync("/digest", new StringContent("tokens"), CancellationToken.None);
            done++;
            failed += answer.IsSuccessStatusCode ? 0 : 1;
        }

        return (done, failed);
    }

    private Task UntilAsync(Func<Task<bool>> condition) => Wait.UntilAsync(condition, () => $"{_node.Log}\n{_lab.Log}");
}
