using System.Net;
using System.Text;
using System.Text.Json;
using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>What scripts go by: exit statuses and JSON.</summary>
public sealed class ScriptTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Wrong_usage_that_a_node_finds_exits_2_and_what_is_not_there_1()
    {
        await using var node = await new TestNode(TestNode.Zone
            + TestYaml.Part("AddressPool", "p", "{addresses: [{value: 10.0.0.1}]}")
            + TestYaml.Part("GlobalEndpoint", "e", "{hostname: e.example.org, policy: Failover, pools: [{pool: p}]}"))
            .StartAsync(ready: true, "--tunnel", $"127.0.0.1:{Ports.Free()}");

        foreach (var (status, command) in new (int, string)[]
        {
            (0, "status"), (0, "explain e.example.org"), (0, "history"), (0, "override list"), (0, "tunnel list"),
            (0, "tunnel authority -o json"),
            (2, "explain bad..name"), (2, "explain e.example.org --client x"), (2, "explain e.example.org --type MX"),
            (2, "history --kind pools"), (2, "override set x/y drain --reason r"),
            (2, "override set pool/none drain --reason r"), (2, "override clear pools"), (2, "tunnel enroll none"),
            (1, "explain none.example.org"), (1, "override set pool/p drain --reason r"), (1, "override clear pool/p"),
        })
        {
            var run = await node.CommandAsync(command.Split(' '));
            Assert.True(status == run.ExitCode, $"{command}: {run.ExitCode}\n{run.Output}{run.Error}");
        }
    }

    [Theory]
    [InlineData("{\"state\":77}", "`state` cannot be read: it is one of \"up\", \"down\", \"drain\"")]
    [InlineData("{\"state\":\"up, down\"}", "`state` cannot be read: it is one of \"up\", \"down\", \"drain\"")]
    [InlineData("{\"reason\":[]}", "`reason` cannot be read")]
    [InlineData("{", "the body is not the JSON that is wanted (line 1, octet 1)")]
    public async Task A_body_that_cannot_be_read_gets_400_with_a_sentence_and_is_not_logged(string body,
        string detail)
    {
        await using var node = await new TestNode(TestNode.Zone).StartAsync();
        using var http = new HttpClient();
        using var content = new StringContent(body, Encoding.UTF8, "application/json");

        using var answer = await http.PostAsync($"{node.Url}/api/v1/overrides", content);

        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        using var problem = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        Assert.Equal(detail, problem.RootElement.GetProperty("detail").GetString());
        Assert.DoesNotContain("exception", node.Log, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_node_that_lets_nobody_in_says_nothing_of_what_was_asked()
    {
        var token = _folder.Write("token", "secret");
        await using var node = new TestNode(TestNode.Empty);
        await node.StartAsync(ready: true, "--management-token-file", token);

        foreach (var command in new[] { "status", "override clear pool/p", "tunnel enroll x" })
            Assert.Equal(3, (await node.CommandAsync(command.Split(' '))).ExitCode);
    }

    [Fact]
    public async Task Keys_of_zones_are_told_as_JSON()
    {
        var create = await KeysAsync("create", "--role", "ksk");
        await KeysAsync("create", "--role", "zsk");
        var ds = await KeysAsync("ds");
        var list = await KeysAsync("list");
        var zsk = await KeysAsync("roll", "--role", "zsk");
        var ksk = await KeysAsync("roll", "--role", "ksk");
        await KeysAsync("create", "--role", "csk");
        var retire = await KeysAsync("retire", $"{create[0].GetProperty("tag").GetInt32()}");

        var created = create[0].GetProperty("ds").GetString()!;
        Assert.StartsWith($"ai.example.org. IN DS {create[0].GetProperty("tag")} 13 2 ", created);
        Assert.True(File.Exists(create[0].GetProperty("file").GetString()));
        Assert.Equal([created], ds.Select(k => k.GetProperty("ds").GetString()));
        Assert.Equal(["KSK", "ZSK"], list.Select(k => k.GetProperty("role").GetString()).Order());
        Assert.DoesNotContain(zsk, k => k.TryGetProperty("ds", out _));
        Assert.Single(ksk, k => k.TryGetProperty("ds", out _));
        Assert.Equal(create[0].GetProperty("tag").GetInt32(), retire[0].GetProperty("tag").GetInt32());
    }

    [Fact]
    public async Task The_document_of_the_API_names_the_values_of_every_enumeration()
    {
        await using var node = await new TestNode(TestNode.Empty).StartAsync();
        using var http = new HttpClient();

        var schemas = JsonDocument.Parse(await http.GetStringAsync($"{node.Url}/openapi/v1.json")).RootElement
            .GetProperty("components").GetProperty("schemas");

        Assert.Equal(["up", "down", "drain"], schemas.GetProperty("OverrideState").GetProperty("enum").EnumerateArray()
            .Select(v => v.GetString()));
        Assert.DoesNotContain(schemas.EnumerateObject(), s => !s.Value.EnumerateObject().Any()); // says nothing
    }

    public void Dispose() => _folder.Dispose();

    private async Task<JsonElement[]> KeysAsync(string command, params string[] more)
    {
        var run = await MeridianProgram.RunAsync(["zone", "keys", command, "ai.example.org", .. more, "--folder",
            _folder.Path, "-o", "json"]);
        Assert.True(run.ExitCode == 0, run.Error);
        return [.. JsonDocument.Parse(run.Output).RootElement.EnumerateArray()];
    }
}
