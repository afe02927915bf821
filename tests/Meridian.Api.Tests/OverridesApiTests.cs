using System.Net;
using Meridian.Api.Tests.Support;
using Meridian.Model.Verdicts;

namespace Meridian.Api.Tests;

public sealed class OverridesApiTests : ApiTest
{
    private const double TenYears = 3650 * 86_400.0;

    [Fact]
    public async Task Setting_an_override_gives_it_back_with_the_addresses_that_it_matches()
    {
        var (status, text) = await Server.PostAsync("/api/v1/overrides", Body(seconds: "3600"));

        Assert.Equal(200, status);
        Assert.Equal("""
            {"override":{"target":"pool/p","state":"drain","author":"me","reason":"maintenance",
            "created":"2026-01-02T03:04:05+00:00","expires":"2026-01-02T04:04:05+00:00"},"matched":2,"shared":false}
            """.ReplaceLineEndings(""), text);
        var value = Assert.Single(Node.Set);
        Assert.Equal(("pool/p", OverrideState.Drain, "me", "maintenance", FakeNode.Start, FakeNode.Start.AddHours(1)),
            (value.Target.Text, value.State, value.Author, value.Reason, value.Created, value.Expires));
        Assert.Equal($"[{text["{\"override\":".Length..text.IndexOf(",\"matched\"", StringComparison.Ordinal)]}]",
            (await Server.GetAsync("/api/v1/overrides")).Text);
    }

    [Theory]
    [InlineData("site/hanoi", "up")]
    [InlineData("pool/*", "down")]
    [InlineData("address/p/2001:db8::1", "drain")]
    public async Task Every_target_and_state_is_accepted(string target, string state) =>
        Assert.Equal(200, (await Server.PostAsync("/api/v1/overrides", Body(target, state))).Status);

    [Theory]
    [InlineData("", "pool/NAME")]
    [InlineData("pool", "pool/NAME")]
    [InlineData("pool/", "pool/NAME")]
    [InlineData("pools/p", "did you mean `pool`?")]
    [InlineData("pool/a/b", "pool/NAME")]
    public async Task A_wrong_target_is_refused(string target, string reason) =>
        await RefusedAsync(Body(target), reason);

    [Theory]
    [InlineData(1, true)]
    [InlineData(500, true)]
    [InlineData(0, false)]
    [InlineData(501, false)]
    public async Task A_reason_has_one_to_five_hundred_characters(int length, bool accepted) =>
        await AcceptedAsync(Body(reason: new string('r', length)), accepted,
            "the reason must have 1 to 500 characters");

    [Theory]
    [InlineData(1, true)]
    [InlineData(100, true)]
    [InlineData(0, false)]
    [InlineData(101, false)]
    public async Task An_author_has_one_to_a_hundred_characters(int length, bool accepted) =>
        await AcceptedAsync(Body(author: new string('a', length)), accepted,
            "the author must have 1 to 100 characters");

    [Fact]
    public async Task Blanks_are_neither_a_reason_nor_an_author()
    {
        await RefusedAsync(Body(reason: "   "), "the reason must have");
        await RefusedAsync(Body(author: "   "), "the author must have");
    }

    [Theory]
    [InlineData(0.001, true)]
    [InlineData(TenYears, true)]
    [InlineData(0, false)]
    [InlineData(-1, false)]
    [InlineData(TenYears + 1, false)]
    [InlineData(1e300, false)]
    public async Task A_duration_is_above_zero_and_at_most_ten_years(double seconds, bool accepted) =>
        await AcceptedAsync(Body(seconds: seconds.ToString("R", System.Globalization.CultureInfo.InvariantCulture)),
            accepted, "the duration must be above zero and at most ten years");

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("{")]
    [InlineData("{}")]
    [InlineData("""{"target":"pool/p","reason":"r","author":"a"}""")]
    [InlineData("""{"target":"pool/p","state":7,"reason":"r","author":"a"}""")]
    [InlineData("""{"target":"pool/p","state":"7","reason":"r","author":"a"}""")]
    [InlineData("""{"target":"pool/p","state":"up, down","reason":"r","author":"a"}""")]
    [InlineData("""{"target":"pool/p","state":"down, drain","reason":"r","author":"a"}""")]
    [InlineData("""{"target":"pool/p","state":"sideways","reason":"r","author":"a"}""")]
    [InlineData("""{"target":null,"state":"up","reason":"r","author":"a"}""")]
    [InlineData("""{"target":"pool/p","state":"up","reason":null,"author":"a"}""")]
    [InlineData("""{"target":"pool/p","state":"up","reason":"r"}""")]
    [InlineData("""{"target":"pool/p","state":"up","reason":"r","author":"a","seconds":"long"}""")]
    [InlineData("""{"target":"pool/p","state":"up","reason":"r","author":"a","seconds":1e999}""")]
    public async Task A_broken_body_sets_nothing(string body)
    {
        Assert.Equal(400, (await Server.PostAsync("/api/v1/overrides", body)).Status);
        Assert.Empty(Node.Set);
    }

    [Fact]
    public async Task A_body_that_is_no_JSON_by_its_type_is_refused() =>
        Assert.Equal(415, (await Server.PostAsync("/api/v1/overrides", Body(), "text/plain")).Status);

    [Fact]
    public async Task An_override_that_cannot_be_stored_is_refused()
    {
        Node.StoreFault = "the disk is full";

        Assert.Equal((503, "the override cannot be stored and is not in force: the disk is full"),
            await Server.PostAsync("/api/v1/overrides", Body()));
        Assert.Single(Node.Set);

        using var response = await Server.Http.DeleteAsync("/api/v1/overrides?target=pool/p&author=me");
        Assert.Equal((503, "that the override is cleared cannot be stored, and it stays in force: the disk is full"),
            ((int)response.StatusCode, await ApiServer.DetailAsync(response)));
    }

    [Fact]
    public async Task An_unknown_target_is_refused_with_a_suggestion_and_cannot_be_forced()
    {
        Node.Forecast = new OverrideForecast(["site/hanoi", "pool/p"], []);

        Assert.Equal((404, "nothing is called `site/hanoy`; did you mean `site/hanoi`?"),
            await Server.PostAsync("/api/v1/overrides", Body("site/hanoy", force: true)));
        Assert.Empty(Node.Set);
    }

    [Fact]
    public async Task What_leaves_nothing_to_serve_has_to_be_forced()
    {
        await Server.PostAsync("/api/v1/overrides", Body("site/a"));
        Node.Forecast = new OverrideForecast(null, ["app would answer 10.0.0.1", "www would answer 10.0.0.2"]);

        var (status, text) = await Server.PostAsync("/api/v1/overrides", Body());
        using var clearing = await Server.Http.DeleteAsync("/api/v1/overrides?target=site/a&author=me");

        Assert.Equal((409, "it would leave nothing to serve: app would answer 10.0.0.1; www would answer 10.0.0.2; "
            + "say --force (force in the API) if that is meant"), (status, text));
        Assert.Equal(409, (int)clearing.StatusCode);
        Assert.Single(Node.Set);
        Assert.Empty(Node.Cleared);

        Assert.Equal(200, (await Server.PostAsync("/api/v1/overrides", Body(force: true))).Status);
        using var forced = await Server.Http.DeleteAsync("/api/v1/overrides?target=site/a&author=me&force=true");
        Assert.Equal(204, (int)forced.StatusCode);
    }

    [Fact]
    public async Task Clearing_gives_nothing_and_says_who_cleared()
    {
        await Server.PostAsync("/api/v1/overrides", Body());

        using var response = await Server.Http.DeleteAsync("/api/v1/overrides?target=pool%2Fp&author=you");

        Assert.Equal((HttpStatusCode.NoContent, ""),
            (response.StatusCode, await response.Content.ReadAsStringAsync()));
        Assert.Equal(("pool/p", "you"), (Assert.Single(Node.Cleared).Target.Text, Node.Cleared[0].Author));
    }

    [Theory]
    [InlineData("target=pool/q&author=me", 404, "there is no override on pool/q; did you mean `pool/p`?")]
    [InlineData("target=q&author=me", 400, "`q` is not address/POOL/VALUE")]
    [InlineData("target=pool/p", 400, "")]
    [InlineData("author=me", 400, "")]
    public async Task What_is_not_there_is_not_cleared(string query, int status, string reason)
    {
        await Server.PostAsync("/api/v1/overrides", Body());

        using var response = await Server.Http.DeleteAsync($"/api/v1/overrides?{query}");

        Assert.Equal(status, (int)response.StatusCode);
        Assert.StartsWith(reason, await ApiServer.DetailAsync(response));
        Assert.Empty(Node.Cleared);
    }

    [Theory]
    [InlineData(null, null, 400, "this node shares no store with others")]
    [InlineData(true, null, 409, "the shared store takes overrides")]
    [InlineData(false, "3601", 400, "an override at one node alone stands for an hour at most")]
    public async Task An_override_at_one_node_alone_is_for_the_time_without_the_shared_store(bool? isShared,
        string? seconds, int status, string reason)
    {
        Node.IsShared = isShared;

        var (answered, text) = await Server.PostAsync("/api/v1/overrides", Body(seconds: seconds, local: true));

        Assert.Equal(status, answered);
        Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.Empty(Node.Set);
    }

    [Theory]
    [InlineData(null, 3600)]
    [InlineData("60", 60)]
    public async Task It_ends_after_an_hour_at_the_latest(string? seconds, int lasts)
    {
        Node.IsShared = false;

        Assert.Equal(200, (await Server.PostAsync("/api/v1/overrides", Body(seconds: seconds, local: true))).Status);

        var value = Assert.Single(Node.Set);
        Assert.Equal((true, FakeNode.Start.AddSeconds(lasts)), (value.IsLocal, value.Expires));
        Assert.Contains("\"local\":true", (await Server.GetAsync("/api/v1/overrides")).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_is_refused_for_want_of_the_shared_store_hears_of_the_other_way()
    {
        (Node.IsShared, Node.StoreFault) = (false, "it is away");

        var (status, text) = await Server.PostAsync("/api/v1/overrides", Body());

        Assert.Equal(503, status);
        Assert.Contains("--local (local in the API) sets it at this node alone", text, StringComparison.Ordinal);
    }

    private async Task AcceptedAsync(string body, bool accepted, string reason)
    {
        if (accepted)
            Assert.Equal(200, (await Server.PostAsync("/api/v1/overrides", body)).Status);
        else
            await RefusedAsync(body, reason);
    }

    private async Task RefusedAsync(string body, string reason)
    {
        var (status, text) = await Server.PostAsync("/api/v1/overrides", body);
        Assert.Equal(400, status);
        Assert.Contains(reason, text);
        Assert.Empty(Node.Set);
    }

    private static string Body(string target = "pool/p", string state = "drain", string reason = "maintenance",
        string author = "me", string? seconds = null, bool force = false, bool local = false) =>
        $$"""
        {"target":"{{target}}","state":"{{state}}","reason":"{{reason}}","author":"{{author}}"
        {{(local ? ",\"local\":true" : "")}}
        {{(seconds is null ? "" : $",\"seconds\":{seconds}")}}{{(force ? ",\"force\":true" : "")}}}
        """;
}
