using Meridian.Api.Contracts;
using Meridian.Api.Tests.Support;

namespace Meridian.Api.Tests;

public sealed class TunnelsApiTests : ApiTest
{
    [Fact]
    public async Task Tunnels_are_listed_with_their_services()
    {
        Node.Tunnels =
        [
            new TunnelStatus("hanoi", "1", "0.1.0", "192.0.2.1:5", FakeNode.Start, false, 3, null,
                System.Collections.Immutable.ImmutableDictionary<string, string>.Empty,
                [new TunnelService("web", "Up", "http: 200")]),
        ];

        Assert.Equal((200, """
            [{"agent":"hanoi","instance":"1","version":"0.1.0","remote":"192.0.2.1:5",
            "since":"2026-01-02T03:04:05+00:00","draining":false,"inFlight":3,"labels":{},
            "services":[{"name":"web","health":"Up","reason":"http: 200"}]}]
            """.ReplaceLineEndings("")), await Server.GetAsync("/api/v1/tunnels"));
    }

    [Fact]
    public async Task The_authority_is_PEM_or_there_is_none()
    {
        using (var none = await Server.Http.GetAsync("/api/v1/tunnels/authority"))
            Assert.Equal((404, "this node takes no tunnels; start it with --tunnel"),
                ((int)none.StatusCode, await ApiServer.DetailAsync(none)));

        Node.Authority = "-----BEGIN CERTIFICATE-----";
        using var response = await Server.Http.GetAsync("/api/v1/tunnels/authority");
        Assert.Equal("application/x-pem-file", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(Node.Authority, await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task An_agent_gets_a_code_or_the_reason_why_not()
    {
        const string code =
            """{"agent":"hanoi lab","code":"code-of-hanoi lab","expires":"2026-01-02T04:04:05+00:00"}""";
        Assert.Equal((200, code),
            await Server.PostAsync("/api/v1/tunnels/hanoi%20lab/enrollment", ""));

        Node.StoreFault = "the disk is full";
        Assert.Equal((503, "the code could not be stored: the disk is full"),
            await Server.PostAsync("/api/v1/tunnels/hanoi/enrollment", ""));

        Node.EnrollmentRefusal = "there is no TunnelAgent named `hanoi`";
        Assert.Equal((404, Node.EnrollmentRefusal),
            await Server.PostAsync("/api/v1/tunnels/hanoi/enrollment", ""));
    }
}
