using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Meridian.Gateway.Tests.Support;
using Meridian.Model.Verdicts;

namespace Meridian.Gateway.Tests.Forwarding;

/// <summary>What a client sees when an address fails it, at each phase of a request.</summary>
public sealed class FailoverTests
{
    [Fact]
    public async Task The_first_pool_that_is_up_answers_and_says_so()
    {
        await using var one = Backend.Named("one");
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync("", one, two);
        using var client = world.Client();

        using var response = await client.GetAsync("x?y=1");
        Assert.Equal("one", await response.Content.ReadAsStringAsync());
        Assert.Equal("one-site", response.Headers.GetValues("x-meridian-site").Single());
        Assert.Equal("1", response.Headers.GetValues("x-meridian-attempts").Single());
        Assert.Contains("upstream;dur=", response.Headers.GetValues("Server-Timing").Single(),
            StringComparison.Ordinal);
        Assert.Equal("GET /x?y=1 HTTP/1.1", one.Requests.Single().Line);
        Assert.Equal("app.example.org", one.Requests.Single()["Host"]);
        Assert.Equal("127.0.0.1", one.Requests.Single()["X-Forwarded-For"]);

        world.Set(one, VerdictState.Down);
        Assert.Equal("two", await client.GetStringAsync("x"));
        world.Set(one, VerdictState.Up);
        Assert.Equal("one", await client.GetStringAsync("x"));
    }

    [Theory]
    [InlineData("opaque", "POST")]
    [InlineData("inference", "POST")]
    [InlineData("opaque", "GET")]
    public async Task A_refused_connection_is_tried_elsewhere_whatever_the_method_and_not_again(string profile,
        string method)
    {
        var one = Backend.Named("one");
        await using var two = new Backend("two", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            await c.AnswerAsync("two");
        });
        await using var world = await GatewayWorld.StartAsync($"profile: {profile}", one, two);
        await one.KillAsync();
        using var client = world.Client();

        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method),
            "/")
        { Content = method == "POST" ? new StringContent("hello") : null });
        Assert.Equal("two", await response.Content.ReadAsStringAsync());
        Assert.Equal("2", response.Headers.GetValues("x-meridian-attempts").Single());
        Assert.Equal(method == "POST" ? "hello" : "", System.Text.Encoding.UTF8.GetString(two.Requests.Single().Body));
        Assert.Equal("connect: refused", world.Evidence.Single().Reason);

        // The gateway does not wait for health to say so.
        using var next = await client.GetAsync("/");
        Assert.Equal("1", next.Headers.GetValues("x-meridian-attempts").Single());
    }

    [Theory]
    [InlineData("inference", "POST", true)]
    [InlineData("opaque", "GET", true)]
    [InlineData("opaque", "POST", false)]
    public async Task A_reset_before_the_first_octet_is_tried_elsewhere_where_the_profile_allows(string profile,
        string method, bool retried)
    {
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            c.Reset();
        });
        await using var two = new Backend("two", async (r, c) =>
        {
            await c.ReadBodyAsync(r);
            await c.AnswerAsync("two");
        });
        await using var world = await GatewayWorld.StartAsync($"profile: {profile}", one, two);
        using var client = world.Client();

        using var response = await client.SendAsync(new HttpRequestMessage(new HttpMethod(method),
            "/")
        { Content = method == "POST" ? new StringContent("hello") : null });
        if (retried)
        {
            Assert.Equal("two", await response.Content.ReadAsStringAsync());
            return;
        }

        Assert.Equal(HttpStatusCode.BadGateway, response.StatusCode);
        Assert.Equal("lost", response.Headers.GetValues("x-meridian-error").Single());
        Assert.Empty(two.Requests);
    }

    [Theory]
    [InlineData(503)]
    [InlineData(502)]
    [InlineData(504)]
    [InlineData(429)]
    public async Task A_listed_status_is_tried_elsewhere_and_passed_on_where_there_is_no_elsewhere(int status)
    {
        await using var one = new Backend("one", (_, c) => c.AnswerAsync("sorry", status, "Retry-After: 1\r\n"));
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync("profile: inference", one, two);
        using var client = world.Client();

        Assert.Equal("two", await client.GetStringAsync("/"));
        await two.KillAsync();
        world.Set(two, VerdictState.Down);
        using var response = await client.GetAsync("/");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal("sorry", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_address_that_says_it_is_full_is_spared_and_not_judged()
    {
        await using var one = new Backend("one", (_, c) => c.AnswerAsync("full", 429, "Retry-After: 30\r\n"));
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync("profile: inference", one, two);
        using var client = world.Client();

        for (var i = 0; i < 5; i++)
            Assert.Equal("two", await client.GetStringAsync("/"));
        Assert.Single(one.Requests);
        Assert.Empty(world.Evidence);
    }

    [Theory]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(500)]
    public async Task Other_statuses_are_the_clients(int status)
    {
        await using var one = new Backend("one", (_, c) => c.AnswerAsync("no", status));
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync("profile: inference", one, two);
        using var client = world.Client();

        using var response = await client.GetAsync("/");
        Assert.Equal(status, (int)response.StatusCode);
        Assert.Empty(two.Requests);
    }

    [Fact]
    public async Task A_silent_address_is_given_up_after_its_time()
    {
        var silence = new TaskCompletionSource();
        await using var one = new Backend("one", (_, _) => silence.Task);
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync("profile: inference, retry: {perTryTimeout: 300ms}", one,
            two);
        using var client = world.Client();

        using var response = await client.GetAsync("/");
        Assert.Equal("two", await response.Content.ReadAsStringAsync());

        // A busy machine looks at its clock later.
        var reason = Assert.Single(world.Evidence).Reason;
        Assert.StartsWith("no answer within ", reason, StringComparison.Ordinal);
        Assert.InRange(double.Parse(reason.Split(' ')[3], CultureInfo.InvariantCulture), 0.3, 60);
        silence.SetResult();
    }

    [Theory]
    [InlineData(200_000, false)]
    [InlineData(200_000, true)]
    [InlineData(20_000_000, false)]
    [InlineData(20_000_000, true)]
    public async Task A_body_survives_the_death_of_its_address_in_the_middle(int size, bool chunked)
    {
        var body = RandomNumberGenerator.GetBytes(size);
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r, size / 2);
            c.Reset();
        });
        await using var two = new Backend("two",
            async (r, c) => await c.AnswerAsync(Convert.ToHexString(SHA256.HashData(await c.ReadBodyAsync(r)))));
        await using var world = await GatewayWorld.StartAsync("profile: inference", one, two);
        using var client = world.Client();

        using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
        request.Headers.TransferEncodingChunked = chunked;
        using var response = await client.SendAsync(request);
        Assert.True(response.StatusCode == HttpStatusCode.OK, world.Log.ToString());
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await response.Content.ReadAsStringAsync());
        Assert.Equal("2", response.Headers.GetValues("x-meridian-attempts").Single());
    }

    [Fact]
    public async Task A_body_survives_the_death_of_two_addresses_at_whatever_octet()
    {
        var body = RandomNumberGenerator.GetBytes(4_000_000);
        var random = new Random(1);
        Backend Dying(string name) => new(name, async (r, c) =>
        {
            await c.ReadBodyAsync(r, random.Next(1, body.Length));
            c.Reset();
        });
        await using var one = Dying("one");
        await using var two = Dying("two");
        await using var three = new Backend("three",
            async (r, c) => await c.AnswerAsync(Convert.ToHexString(SHA256.HashData(await c.ReadBodyAsync(r)))));
        await using var world = await GatewayWorld.StartAsync("profile: inference, retry: {budget: 100%}", one, two,
            three);
        using var client = world.Client();

        for (var i = 0; i < 30; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new ByteArrayContent(body) };
            request.Headers.TransferEncodingChunked = i % 2 == 0;
            using var response = await client.SendAsync(request);
            Assert.True(await response.Content.ReadAsStringAsync() == Convert.ToHexString(SHA256.HashData(body)),
                $"{i}: {response.StatusCode}\n{world.Log}");
        }
    }

    [Theory]
    [InlineData("1.1", true)]
    [InlineData("1.1", false)]
    [InlineData("2.0", true)]
    [InlineData("2.0", false)]
    public async Task An_address_that_dies_while_the_client_pauses_costs_nothing(string version, bool known)
    {
        var body = RandomNumberGenerator.GetBytes(100_000);
        var died = new TaskCompletionSource();
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r, body.Length / 2);
            c.Reset();
            died.TrySetResult();
        });
        await using var two = new Backend("two",
            async (r, c) => await c.AnswerAsync(Convert.ToHexString(SHA256.HashData(await c.ReadBodyAsync(r)))));
        await using var world = await GatewayWorld.StartAsync("profile: inference", one, two);
        using var client = world.Client(Version.Parse(version));

        using var response = await client.PostAsync("/", new PausingContent(body, known, async () =>
        {
            await died.Task;
            await Wait.UntilAsync(() => !two.Requests.IsEmpty, () => "the second address has got no request");
        }));
        Assert.True(await response.Content.ReadAsStringAsync() == Convert.ToHexString(SHA256.HashData(body)),
            world.Log.ToString());
        Assert.Equal("2", response.Headers.GetValues("x-meridian-attempts").Single());
    }

    [Fact]
    public async Task A_body_larger_than_may_be_kept_is_sent_and_not_sent_again()
    {
        var body = RandomNumberGenerator.GetBytes(3_000_000);
        var die = false;
        await using var one = new Backend("one", async (r, c) =>
        {
            await c.ReadBodyAsync(r, die ? 2_500_000 : int.MaxValue);
            if (die)
                c.Reset();
            else
                await c.AnswerAsync(Convert.ToHexString(SHA256.HashData(r.Body)));
        });
        await using var two = Backend.Named("two");
        await using var world = await GatewayWorld.StartAsync(
            "profile: inference, retry: {replay: {memory: 1Mi, disk: 1Mi}}", one, two);
        using var client = world.Client();

        using var well = await client.PostAsync("/", new ByteArrayContent(body));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)), await well.Content.ReadAsStringAsync());
        die = true;
        using var badly = await client.PostAsync("/", new ByteArrayContent(body));
        Assert.Equal(HttpStatusCode.BadGateway, badly.StatusCode);
        Assert.Empty(two.Requests);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nA\r\nhalf")]
    public async Task An_answer_that_breaks_off_never_looks_whole(string answer)
    {
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync(answer);
            c.Dispose();
        });
        await using var world = await GatewayWorld.StartAsync("profile: inference", one);
        foreach (var version in new[] { HttpVersion.Version11, HttpVersion.Version20 })
        {
            using var client = world.Client(version);
            await Assert.ThrowsAnyAsync<Exception>(async () => await client.GetByteArrayAsync("/"));
        }
    }

    [Fact]
    public async Task An_event_stream_that_breaks_off_says_so()
    {
        var read = new TaskCompletionSource();
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n" +
                "Transfer-Encoding: chunked\r\n\r\n9\r\ndata: a\n\n\r\n");
            await read.Task.WithinAsync(20);
            c.Reset();
        });
        await using var world = await GatewayWorld.StartAsync("profile: inference", one);
        using var client = world.Client();

        using var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        var lines = new List<string>();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            while (await reader.ReadLineAsync() is { } line)
            {
                lines.Add(line);
                read.TrySetResult();
            }
        });
        Assert.Contains("data: a", lines);
        Assert.Contains("event: error", lines);
        Assert.Contains(lines, l => l.Contains("\"type\":\"lost\"", StringComparison.Ordinal)
            && l.Contains("one-site", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_deterministic_answer_is_continued_elsewhere_to_the_octet(bool chunked)
    {
        var body = RandomNumberGenerator.GetBytes(1_000_000);
        var framing = chunked ? "Transfer-Encoding: chunked" : $"Content-Length: {body.Length}";
        var head = $"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\n{framing}\r\n\r\n";
        byte[] Framed(byte[] octets) =>
            chunked ? [.. System.Text.Encoding.ASCII.GetBytes($"{octets.Length:x}\r\n"), .. octets, 13, 10] : octets;
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync(head);
            await c.SendAsync(Framed(body[..345_678]));
            await Task.Delay(100);
            c.Reset();
        });
        await using var two = new Backend("two", async (_, c) =>
        {
            await c.SendAsync(head);
            await c.SendAsync(Framed(body[..500_000]));
            await c.SendAsync(Framed(body[500_000..]));
            await c.SendAsync(chunked ? "0\r\n\r\n" : "");
        });
        await using var world = await GatewayWorld.StartAsync("profile: inference, deterministic: true", one, two);
        using var client = world.Client();

        Assert.Equal(Convert.ToHexString(SHA256.HashData(body)),
            Convert.ToHexString(SHA256.HashData(await client.GetByteArrayAsync("/"))));
        Assert.Single(two.Requests);
    }

    [Fact]
    public async Task A_deterministic_answer_that_breaks_off_behind_its_head_is_another_sites_answer()
    {
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: 4\r\n\r\n");
            c.Dispose();
        });
        await using var two = new Backend("two", (_, c) => c.AnswerAsync("done", more: "Content-Type: audio/wav\r\n"));
        await using var world = await GatewayWorld.StartAsync(
            "profile: inference, deterministic: true, retry: {budget: 100%}", one, two);
        using var client = world.Client();

        for (var i = 0; i < 5; i++)
        {
            using var response = await client.GetAsync("/");
            Assert.Equal("done", await response.Content.ReadAsStringAsync());
            Assert.Equal("audio/wav", response.Content.Headers.ContentType!.MediaType);
        }
    }

    [Fact]
    public async Task A_deterministic_answer_that_breaks_off_late_is_continued_by_the_first_address_that_can()
    {
        const string Head = "HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: 4\r\n\r\n";
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync(Head + "do");
            await Task.Delay(600);
            c.Reset();
        });
        await using var two = new Backend("two", (_, c) => c.AnswerAsync("full", 503));
        await using var three = new Backend("three", async (_, c) =>
        {
            await Task.Delay(50);
            await c.SendAsync(Head + "done");
        });
        await using var world = await GatewayWorld.StartAsync(
            "profile: inference, deterministic: true, timeouts: {firstByte: 500ms}", one, two, three);
        using var client = world.Client();

        // The time for the first octet of an answer is over by then, and the second address is full.
        Assert.Equal("done", await client.GetStringAsync("/"));
        await Wait.UntilAsync(() => world.Counts.ResumedStreams.Contains(("three-site", 1)), world.Log.ToString);
    }

    [Fact]
    public async Task An_answer_that_is_another_one_elsewhere_is_cut()
    {
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf");
            await Task.Delay(100);
            c.Reset();
        });
        await using var two = new Backend("two", (_, c) => c.AnswerAsync("another123"));
        await using var world = await GatewayWorld.StartAsync("profile: inference, deterministic: true", one, two);
        using var client = world.Client();

        await Assert.ThrowsAnyAsync<Exception>(async () => await client.GetStringAsync("/"));
        Assert.Single(two.Requests);
    }

    [Fact]
    public async Task A_connection_that_its_server_closed_while_idle_is_no_failure()
    {
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.AnswerAsync("one");
            c.Dispose();
        });
        await using var world = await GatewayWorld.StartAsync("profile: opaque", one);
        using var client = world.Client();

        for (var i = 0; i < 20; i++)
        {
            using var response = await client.PostAsync("/", new StringContent(""));
            Assert.Equal("one", await response.Content.ReadAsStringAsync());

            // What is closed in the very moment that a request is sent cannot be told from a request that was lost.
            await Task.Delay(20);
        }

        Assert.Empty(world.Evidence);
    }

    [Fact]
    public async Task A_client_that_goes_away_is_heard_at_once_and_judged_on_nobody()
    {
        var gone = new TaskCompletionSource();
        await using var one = new Backend("one", async (_, c) =>
        {
            await c.SendAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n");
            try
            {
                while (true)
                {
                    await c.SendAsync("1\r\nb\r\n");
                    await Task.Delay(5);
                }
            }
            catch (IOException)
            {
                gone.SetResult();
            }
        });
        await using var world = await GatewayWorld.StartAsync("profile: inference", one);
        using var client = world.Client();

        var response = await client.GetAsync("/", HttpCompletionOption.ResponseHeadersRead);
        response.Dispose();
        await gone.Task.WithinAsync(10);
        Assert.Empty(world.Evidence);
    }
}
