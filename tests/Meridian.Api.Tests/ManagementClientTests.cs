using System.Net;
using System.Net.Sockets;
using Meridian.Api.Contracts;
using Meridian.Api.Tests.Support;
using Meridian.Model.History;
using Meridian.Model.Verdicts;

namespace Meridian.Api.Tests;

public sealed class ManagementClientTests : ApiTest
{
    [Fact]
    public async Task It_reads_what_the_API_writes()
    {
        using var client = Server.Client();
        Node.Past.Add(new HistoryEvent(FakeNode.Start, "pool", "p", "down"));
        Node.Authority = "pem";

        Assert.Equal("test", (await client.StatusAsync(default)).Node);
        Assert.Equal(Node.Past, await client.HistoryAsync(new HistoryQuery(5), default));
        Assert.Equal(5, Node.Asked?.Count);
        Assert.Empty(await client.TunnelsAsync(default));
        Assert.Equal("pem", await client.TunnelAuthorityAsync(default));
        Assert.Equal(new Enrollment("hanoi lab", "code-of-hanoi lab", FakeNode.Start.AddHours(1)),
            await client.EnrollAsync("hanoi lab", default));
        var explanation = await client.ExplainAsync("app.example.org", "198.51.100.0/24", "AAAA", default);
        Assert.Equal("app", explanation.Endpoint);
        Assert.Equal((IPAddress.Parse("198.51.100.0"), 24, AddressFamily.InterNetworkV6),
            (Node.Explained!.Value.Client, Node.Explained.Value.PrefixLength, Node.Explained.Value.Family));
    }

    [Fact]
    public async Task It_sets_lists_and_clears_overrides()
    {
        using var client = Server.Client();

        var result = await client.SetOverrideAsync(
            new OverrideRequest("address/p/2001:db8::1", OverrideState.Down, "a & b", "me", 60), default);

        Assert.Equal((2, "a & b", FakeNode.Start.AddMinutes(1)),
            (result.Matched, result.Override.Reason, result.Override.Expires));
        Assert.Equal(result.Override, Assert.Single(await client.OverridesAsync(default)));
        await client.ClearOverrideAsync("address/p/2001:db8::1", "me & you", false, default);
        Assert.Equal("me & you", Assert.Single(Node.Cleared).Author);
    }

    [Fact]
    public async Task What_strangers_wrote_comes_fit_to_be_shown()
    {
        using var client = Server.Client();
        Node.Past.Add(new HistoryEvent(FakeNode.Start, "override", "pool/p", "x\n\u001b[2J"));

        Assert.Equal(@"x\n\u001b[2J", (await client.HistoryAsync(new HistoryQuery(1), default))[0].Message);
    }

    [Fact]
    public async Task A_refusal_is_the_problem_s_own_sentence()
    {
        using var client = Server.Client();

        var refusal = await Assert.ThrowsAsync<ManagementException>(() =>
            client.ClearOverrideAsync("pool/p", "me", false, default));

        Assert.Equal((true, ManagementFailure.NotSo), (refusal.Reached, refusal.Failure));
        Assert.Equal(ManagementFailure.WrongUsage, (await Assert.ThrowsAsync<ManagementException>(() =>
            client.ClearOverrideAsync("pools", "me", false, default))).Failure);
        Assert.Equal("there is no override on pool/p", refusal.Message);
    }

    [Fact]
    public async Task A_refusal_that_is_no_problem_document_is_its_status()
    {
        using var client = new ManagementClient(new Uri(Server.Uri, "/nowhere/"), null);

        var refusal = await Assert.ThrowsAsync<ManagementException>(() => client.StatusAsync(default));

        Assert.Equal((true, "the node answered 404 Not Found"), (refusal.Reached, refusal.Message));
    }

    [Fact]
    public async Task A_node_that_is_not_there_is_not_reached()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var port = ((IPEndPoint)listener.LocalEndpoint).Port;
        listener.Stop();
        using var client = new ManagementClient(new Uri($"http://127.0.0.1:{port}"), null);

        var failure = await Assert.ThrowsAsync<ManagementException>(() => client.StatusAsync(default));

        Assert.False(failure.Reached);
        Assert.StartsWith($"cannot reach a node at http://127.0.0.1:{port}", failure.Message);
    }
}
