using System.Net.Http.Json;
using Meridian.Api.Contracts;
using Meridian.Api.Tests.Support;

namespace Meridian.Api.Tests;

public sealed class FleetApiTests : ApiTest
{
    private static readonly MemberStatus Frankfurt =
        new("fra-1", "eu", "0.1.0", true, FakeNode.Start, null, true, 2, null);

    private static readonly MemberStatus Hanoi =
        new("han-1", "vn", "0.1.0", true, FakeNode.Start, null, false, 0, null);

    private static readonly MemberStatus Gone = new("hk-1", "hk", "0.1.0", false, null, null, false, 0,
        new DrainStatus("ann", "new disk", FakeNode.Start, null));

    [Fact]
    public async Task The_nodes_of_a_cluster_are_listed()
    {
        Node.Fleet = new FleetStatus
        {
            Attached = false,
            Trouble = "it does not answer",
            Revision = 7,
            Written = 3,
            Waiting = 1,
            Nodes = [Frankfurt, Gone],
        };

        Assert.Equal((200, """
            {"attached":false,"trouble":"it does not answer","revision":7,"written":3,"waiting":1,
            "nodes":[{"name":"fra-1","region":"eu","version":"0.1.0","here":true,
            "startedAt":"2026-01-02T03:04:05+00:00","asked":true,"down":2},
            {"name":"hk-1","region":"hk","version":"0.1.0","here":false,"asked":false,"down":0,
            "drain":{"author":"ann","reason":"new disk","created":"2026-01-02T03:04:05+00:00"}}]}
            """.ReplaceLineEndings("")), await Server.GetAsync("/api/v1/nodes"));
    }

    [Theory]
    [InlineData("GET", "")]
    [InlineData("DELETE", "/fra-1")]
    [InlineData("DELETE", "/fra-1/drain")]
    public async Task A_node_that_is_alone_says_so(string method, string path)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), "/api/v1/nodes" + path);
        using var response = await Server.Http.SendAsync(request);

        Assert.Equal((404, "this node shares no store with others; start it with --store"),
            ((int)response.StatusCode, await ApiServer.DetailAsync(response)));
    }

    [Fact]
    public async Task A_node_is_drained_for_a_while_and_let_back()
    {
        Node.Fleet = With(Frankfurt, Hanoi with { Drain = Gone.Drain, Illness = "is drained by ann: new disk" });

        Assert.Equal((200, ""), await DrainAsync("han-1", new DrainRequest("works", "bob", 90)));
        Assert.Equal((204, ""), await DeleteAsync("han-1/drain"));
        Assert.Equal((404, "node fra-1 is not drained"), await DeleteAsync("fra-1/drain"));
        Assert.Equal(["drain han-1 by bob: works until 03:05:35", "restore han-1"], Node.Decided);
    }

    [Fact]
    public async Task The_last_node_with_an_opinion_is_drained_only_by_force()
    {
        Node.Fleet = With(Frankfurt, Hanoi with { Illness = "lost all" }, Gone);

        var (status, detail) = await DrainAsync("fra-1", new DrainRequest("works", "bob", null));
        Assert.Equal(409, status);
        Assert.StartsWith("no node but fra-1 has an opinion", detail, StringComparison.Ordinal);
        Assert.Empty(Node.Decided);
        Assert.Equal((200, ""), await DrainAsync("fra-1", new DrainRequest("works", "bob", null, Force: true)));
    }

    [Theory]
    [InlineData("", "bob", null, "the reason must have 1 to 500 characters")]
    [InlineData("works", " ", null, "the author must have 1 to 100 characters")]
    [InlineData("works", "bob", -1.0, "the duration must be above zero and at most ten years")]
    public async Task A_drain_says_who_why_and_for_how_long(string reason, string author, double? seconds, string fault)
    {
        Node.Fleet = With(Frankfurt, Hanoi);

        Assert.Equal((400, fault), await DrainAsync("fra-1", new DrainRequest(reason, author, seconds)));
        Assert.Empty(Node.Decided);
    }

    [Fact]
    public async Task A_node_that_is_gone_can_be_forgotten_and_one_that_is_here_cannot()
    {
        Node.Fleet = With(Frankfurt, Gone);

        Assert.Equal((204, ""), await DeleteAsync("hk-1"));
        Assert.Equal((409, "node fra-1 is here, and would be known again at once: stop it, or drain it"),
            await DeleteAsync("fra-1"));
        Assert.Equal((404, "no node is called `fra-2`; did you mean `fra-1`?"), await DeleteAsync("fra-2"));
        Assert.Equal(["forget hk-1"], Node.Decided);
    }

    [Fact]
    public async Task What_the_shared_store_does_not_take_is_not_so()
    {
        (Node.Fleet, Node.StoreFault) = (With(Frankfurt, Hanoi with { Drain = Gone.Drain }, Gone), "it is away");

        Assert.Equal((503, "node fra-1 is not drained: it is away"),
            await DrainAsync("fra-1", new DrainRequest("works", "bob", null, Force: true)));
        Assert.Equal((503, "node han-1 stays drained: it is away"), await DeleteAsync("han-1/drain"));
        Assert.Equal((503, "node hk-1 is not forgotten: it is away"), await DeleteAsync("hk-1"));
    }

    private static FleetStatus With(params MemberStatus[] nodes) =>
        new() { Attached = true, Revision = 1, Written = 1, Waiting = 0, Nodes = [.. nodes] };

    private async Task<(int Status, string Detail)> DrainAsync(string node, DrainRequest request)
    {
        using var response = await Server.Http.PostAsJsonAsync($"/api/v1/nodes/{node}/drain", request);
        return ((int)response.StatusCode, response.IsSuccessStatusCode ? "" : await ApiServer.DetailAsync(response));
    }

    private async Task<(int Status, string Detail)> DeleteAsync(string path)
    {
        using var response = await Server.Http.DeleteAsync($"/api/v1/nodes/{path}");
        return ((int)response.StatusCode, response.IsSuccessStatusCode ? "" : await ApiServer.DetailAsync(response));
    }
}
