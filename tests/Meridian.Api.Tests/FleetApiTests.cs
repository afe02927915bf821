using Meridian.Api.Contracts;
using Meridian.Api.Tests.Support;

namespace Meridian.Api.Tests;

public sealed class FleetApiTests : ApiTest
{
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
            Nodes = [new MemberStatus("fra-1", "eu", "0.1.0", FakeNode.Start, null, true, 2)],
        };

        Assert.Equal((200, """
            {"attached":false,"trouble":"it does not answer","revision":7,"written":3,"waiting":1,
            "nodes":[{"name":"fra-1","region":"eu","version":"0.1.0","startedAt":"2026-01-02T03:04:05+00:00",
            "asked":true,"down":2}]}
            """.ReplaceLineEndings("")), await Server.GetAsync("/api/v1/nodes"));
    }

    [Fact]
    public async Task A_node_that_is_alone_says_so()
    {
        using var response = await Server.Http.GetAsync("/api/v1/nodes");

        Assert.Equal((404, "this node shares no store with others; start it with --store"),
            ((int)response.StatusCode, await ApiServer.DetailAsync(response)));
    }
}
