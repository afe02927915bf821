using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Meridian.Health.Probes;
using Meridian.Health.Tests.Support;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Microsoft.AspNetCore.Http;
using static Meridian.Health.Tests.Support.Probing;

namespace Meridian.Health.Tests.Probes;

public sealed class HttpProbeTests
{
    [Fact]
    public async Task An_answer_is_judged_by_its_status()
    {
        await using var server = await HttpServer.StartAsync(c =>
            c.Response.StatusCode = int.Parse(c.Request.Path.Value![1..], CultureInfo.InvariantCulture));

        Assert.Equal("http: 200", await AskAsync(server.Port, new HttpCheck { Path = "/200" }));
        Assert.Equal("http: 399", await AskAsync(server.Port, new HttpCheck { Path = "/399" }));
        Assert.Equal("DOWN http: 400, wanted 200-399", await AskAsync(server.Port, new HttpCheck { Path = "/400" }));
        Assert.Equal("http: 401",
            await AskAsync(server.Port, new HttpCheck { Path = "/401", ExpectedStatus = ["200-204", "401"] }));
        Assert.Equal("DOWN http: 500, wanted 200-204, 401",
            await AskAsync(server.Port, new HttpCheck { Path = "/500", ExpectedStatus = ["200-204", "401"] }));
    }

    [Theory]
    [InlineData("::1", "[::1]")]
    [InlineData("127.0.0.1", "127.0.0.1")]
    [InlineData("app.example", "app.example")]
    public async Task The_request_is_the_one_that_the_check_describes(string host, string expected)
    {
        string? seen = null;
        await using var server = await HttpServer.StartAsync(c => seen = string.Join(' ', c.Request.Method,
            c.Request.Path + c.Request.QueryString, c.Request.Protocol, c.Request.Host, c.Request.Headers.UserAgent,
            c.Request.Headers.Connection));

        await AskAsync(server.Port, new HttpCheck { Method = "OPTIONS", Path = "/health?deep=1" }, host);

        Assert.Equal($"OPTIONS /health?deep=1 HTTP/1.1 {expected} meridian-probe close", seen);
    }

    [Fact]
    public async Task Two_virtual_hosts_on_one_address_are_told_apart_by_host_header_and_the_checks_headers_are_sent()
    {
        await using var server = await HttpServer.StartAsync(c => c.Response.StatusCode =
            c.Request.Host.Host == "good.example" && c.Request.Headers["x-probe"] == "meridian" ? 200 : 503);
        var check = new HttpCheck { Headers = new HttpCheck().Headers.Add("x-probe", "meridian") };

        Assert.Equal("http: 200", await AskAsync(server.Port, check, "good.example"));
        Assert.Equal("DOWN http: 503, wanted 200-399", await AskAsync(server.Port, check, "bad.example"));
    }

    [Fact]
    public async Task The_checks_own_fields_stand_in_place_of_the_probes_and_those_of_a_body_are_sent()
    {
        string? seen = null;
        await using var server = await HttpServer.StartAsync(c => seen = string.Join(' ', c.Request.Method,
            c.Request.Headers.UserAgent, c.Request.Headers.ContentType, c.Request.Headers.ContentLanguage,
            c.Request.Headers.Connection));
        var headers = new HttpCheck().Headers.Add("user-agent", "Mozilla/5.0").Add("Content-Type", "application/json")
            .Add("content-language", "vi").Add("Connection", "keep-alive");

        await AskAsync(server.Port, new HttpCheck { Method = "POST", Headers = headers });

        Assert.Equal("POST Mozilla/5.0 application/json vi keep-alive", seen);
    }

    [Theory]
    [InlineData("data: hea", "lthy\n\n")]
    [InlineData("data: health", "y\n\n")]
    [InlineData("healthy", "")]
    public async Task An_answer_that_never_ends_is_judged_when_the_text_has_come(string first, string second)
    {
        await using var server = await HttpServer.StartAsync(async c =>
        {
            await c.Response.WriteAsync(first);
            await c.Response.Body.FlushAsync();
            await c.Response.WriteAsync(second);
            await c.Response.Body.FlushAsync();
            await Task.Delay(Timeout.Infinite, c.RequestAborted).ContinueWith(_ => { }, TaskScheduler.Default);
        });

        Assert.Equal("http: 200", await AskAsync(server.Port, new HttpCheck { ExpectedBody = "healthy" }));
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var server = await HttpServer.StartAsync(c => c.Response.Redirect("/elsewhere"));

        Assert.Equal("http: 302", await AskAsync(server.Port, new HttpCheck()));
        Assert.Equal("DOWN http: 302, wanted 200",
            await AskAsync(server.Port, new HttpCheck { ExpectedStatus = ["200"] }));
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(65_529, true)]
    [InlineData(65_530, false)]
    [InlineData(70_000, false)]
    public async Task The_first_64_KiB_of_the_body_are_searched(int before, bool found)
    {
        await using var server = await HttpServer.StartAsync(async c =>
        {
            await c.Response.WriteAsync(new string('x', before));
            await c.Response.WriteAsync("healthy");
        });

        Assert.Equal(found ? "http: 200" : "DOWN http: 200, but `healthy` is not in the first 64 KiB of the body",
            await AskAsync(server.Port, new HttpCheck { ExpectedBody = "healthy" }));
    }

    [Theory]
    [InlineData("")]
    [InlineData("health")]
    public async Task A_body_that_ends_without_the_text_is_judged_at_its_end(string body)
    {
        await using var server = await HttpServer.StartAsync(c => c.Response.WriteAsync(body));
        Assert.Equal("DOWN http: 200, but `healthy` is not in the first 64 KiB of the body",
            await AskAsync(server.Port, new HttpCheck { ExpectedBody = "healthy" }));
    }

    [Fact]
    public async Task A_cookie_that_an_answer_sets_is_not_sent_with_the_next_probe()
    {
        var sent = new List<string>();
        await using var server = await HttpServer.StartAsync(c =>
        {
            sent.Add(c.Request.Headers.Cookie.ToString());
            c.Response.Headers.SetCookie = "session=1; Path=/";
        });
        using var prober = new Prober(TimeProvider.System);
        var target = new ProbeTarget(new ProbeKey("c", "127.0.0.1", server.Port, "app.example"),
            new HealthCheck { Name = "c", Http = new HttpCheck(), Timeout = TimeSpan.FromSeconds(20) });
        for (var i = 0; i < 2; i++)
            Assert.True((await prober.ProbeAsync(target, CancellationToken.None)).Ok);
        Assert.Equal(["", ""], sent);
    }

    [Theory]
    [InlineData("0", 0d)]
    [InlineData("0.75", 0.75)]
    [InlineData("1.5", 1.5)]
    [InlineData("-0.1", null)]
    [InlineData("NaN", null)]
    [InlineData("Infinity", null)]
    [InlineData("busy", null)]
    [InlineData("0.5,0.7", null)]
    [InlineData(null, null)]
    public async Task The_load_that_an_answer_reports_is_read_where_it_is_one_number(string? header, double? load)
    {
        await using var server = await HttpServer.StartAsync(c =>
        {
            if (header is not null)
                c.Response.Headers["x-load"] = header.Split(',');
        });

        var result = await ProbeAsync(new HealthCheck { Name = "c", Http = new HttpCheck() }, server.Port);

        Assert.True(result.Ok);
        Assert.Equal(load, result.Load);
    }

    [Fact]
    public async Task Refused_silent_and_reset_connections_say_so()
    {
        Assert.Equal("DOWN connect: refused", await AskAsync(LoopbackPort.Unused(), new HttpCheck()));

        using var silent = new TcpListener(IPAddress.Loopback, 0);
        silent.Start();
        Assert.Equal("DOWN timeout after 300ms", await AskAsync(silent.Port(), new HttpCheck(), timeoutMs: 300));

        Assert.Equal("DOWN connection reset by the peer", await AnsweredAsync(socket =>
            socket.LingerState = new LingerOption(true, 0)));
    }

    [Fact]
    public async Task Answers_that_are_not_whole_or_not_HTTP_say_so()
    {
        Assert.Equal("DOWN connection closed before the answer was whole",
            await AnsweredAsync(socket => socket.Send("HTTP/1.1 200 OK\r\nContent-Le"u8)));
        Assert.Equal("DOWN http: not a valid answer",
            await AnsweredAsync(socket => socket.Send("+PONG nothing\r\n\r\n"u8)));
        Assert.Equal("DOWN http: not a valid answer",
            await AnsweredAsync(socket => socket.Send("HTTP/1.1 200 OK\r\n\u001b[2Jodd\r\n\r\n"u8)));
    }

    [Fact]
    public async Task A_slow_answer_is_a_timeout()
    {
        await using var server =
            await HttpServer.StartAsync(c => Task.Delay(Timeout.Infinite, c.RequestAborted)
                .ContinueWith(_ => { }, TaskScheduler.Default));

        Assert.Equal("DOWN timeout after 300ms", await AskAsync(server.Port, new HttpCheck(), timeoutMs: 300));
    }

    // What a probe says of a peer that reads its request, acts, and closes.
    private static async Task<string> AnsweredAsync(Action<Socket> act)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var serving = Task.Run(async () =>
        {
            using var socket = await listener.AcceptSocketAsync();
            await socket.ReceiveAsync(new byte[4096]);
            act(socket);
        });
        var answer = await AskAsync(listener.Port(), new HttpCheck());
        await serving;
        return answer;
    }
}
