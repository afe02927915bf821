using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Meridian.Api.Tests.Support;

namespace Meridian.Api.Tests;

public sealed class StatusApiTests : ApiTest
{
    [Fact]
    public async Task Status_is_the_report_without_what_is_null()
    {
        var (status, text) = await Server.GetAsync("/api/v1/status");

        Assert.Equal(200, status);
        Assert.Equal("""
            {"node":"test","version":"1.2.3","startedAt":"2026-01-02T03:04:05+00:00","now":"2026-01-02T03:05:05+00:00",
            "ready":true,"warnings":[],"configuration":{"loadedAt":"2026-01-02T03:04:05+00:00","faults":[]},
            "health":{"targets":3,"probes":5,"failed":1,"firstRoundDone":true,"stalled":false},
            "geography":[],"endpoints":[],"overrides":[]}
            """.ReplaceLineEndings(""), text);
    }

    [Fact]
    public async Task Resources_are_listed_with_their_places() => Assert.Equal(
        (200, """[{"kind":"Zone","name":"example-org","where":"zones.yaml:1:1"}]"""),
        await Server.GetAsync("/api/v1/resources"));

    [Theory]
    [InlineData("198.51.100.7", "198.51.100.7", 32)]
    [InlineData("198.51.100.7/24", "198.51.100.0", 24)]
    [InlineData("198.51.100.255/25", "198.51.100.128", 25)]
    [InlineData("198.51.100.7/0", "0.0.0.0", 0)]
    [InlineData("198.51.100.7/32", "198.51.100.7", 32)]
    [InlineData("2001:db8:ffff::1", "2001:db8:ffff::1", 128)]
    [InlineData("2001:db8:ffff::1/33", "2001:db8:8000::", 33)]
    [InlineData("2001:db8::1/128", "2001:db8::1", 128)]
    public async Task A_client_is_an_address_or_a_network(string client, string address, int prefixLength)
    {
        var (status, _) = await Server.GetAsync($"/api/v1/explain?name=app.example.org&client={client}");

        Assert.Equal(200, status);
        Assert.Equal(("app.example.org", IPAddress.Parse(address), prefixLength, AddressFamily.InterNetwork),
            Node.Explained);
    }

    [Theory]
    [InlineData("198.51.100.7/33")]
    [InlineData("198.51.100.7/-1")]
    [InlineData("198.51.100.7/%2B8")]
    [InlineData("198.51.100.7/")]
    [InlineData("198.51.100.7/8/8")]
    [InlineData("2001:db8::1/129")]
    [InlineData("198.51.100.7/99999999999")]
    [InlineData("everybody")]
    public async Task Anything_else_is_no_client(string client)
    {
        using var response = await Server.Http.GetAsync($"/api/v1/explain?name=app.example.org&client={client}");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Contains("is not an IP address or a network", await ApiServer.DetailAsync(response));
        Assert.Null(Node.Explained);
    }

    [Fact]
    public async Task A_name_is_explained_in_canonical_form_and_for_the_type_that_is_asked_for()
    {
        Assert.Equal(200, (await Server.GetAsync("/api/v1/explain?name=APP.example.org.&type=aaaa")).Status);
        Assert.Equal(("app.example.org", IPAddress.Loopback, 32, AddressFamily.InterNetworkV6), Node.Explained);
    }

    [Theory]
    [InlineData("name=app.example.org&type=MX", 400, "`MX` is not A or AAAA")]
    [InlineData("name=a..b", 400, "`a..b`: ")]
    [InlineData("name=", 400, "")]
    [InlineData("client=127.0.0.1", 400, "")]
    [InlineData("name=ap.example.org", 404,
        "no endpoint answers for `ap.example.org`; did you mean `app.example.org`?")]
    public async Task What_cannot_be_explained_is_refused_with_the_reason(string query, int status, string reason)
    {
        using var response = await Server.Http.GetAsync($"/api/v1/explain?{query}");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith(reason, await ApiServer.DetailAsync(response));
    }

    [Fact]
    public async Task An_explanation_holds_its_steps()
    {
        using var json = JsonDocument.Parse((await Server.GetAsync("/api/v1/explain?name=app.example.org")).Text);

        Assert.Equal("the client is where it is", json.RootElement.GetProperty("steps")[0].GetString());
    }
}
