using Meridian.Api.Tests.Support;

namespace Meridian.Api.Tests;

public sealed class HealthApiTests : ApiTest
{
    [Fact]
    public async Task A_process_that_lives_says_ok() => Assert.Equal((200, "ok\n"), await Server.GetAsync("/healthz"));

    [Fact]
    public async Task A_ready_node_says_so() => Assert.Equal((200, "ready\n"), await Server.GetAsync("/readyz"));

    [Fact]
    public async Task What_a_person_should_see_to_stands_beside_that_a_node_is_ready()
    {
        Node.Warnings = ["the query log is not written: lines are lost", "geography cannot be read"];

        Assert.Equal((200, "ready\nwarning: the query log is not written: lines are lost\n"
            + "warning: geography cannot be read\n"), await Server.GetAsync("/readyz"));
    }

    [Fact]
    public async Task A_node_that_is_not_ready_says_why()
    {
        Node.NotReady = "the first round of probes is not done";

        using var response = await Server.Http.GetAsync("/readyz");

        Assert.Equal((503, Node.NotReady), ((int)response.StatusCode, await ApiServer.DetailAsync(response)));
        Assert.Equal(200, (await Server.GetAsync("/healthz")).Status);
    }
}
