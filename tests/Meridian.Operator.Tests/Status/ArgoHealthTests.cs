using System.Diagnostics;
using System.Text.Json.Nodes;
using Meridian.Operator.Tests.Crds;

namespace Meridian.Operator.Tests.Status;

/// <summary>
/// Argo CD's health check of our resources, run by a real Lua without its libraries, as Argo CD does.
/// </summary>
public sealed class ArgoHealthTests
{
    [Theory]
    [InlineData(null, "", "Progressing: no node has looked at it yet")]
    [InlineData(1, "Accepted True m", "Progressing: no node has looked at this version yet")]
    [InlineData(2, "Accepted True m", "Healthy: it is served")]
    [InlineData(2, "Accepted False spec.site:no", "Degraded: spec.site:no")]
    [InlineData(2, "Accepted Unknown wait", "Progressing: wait")]
    [InlineData(2, "Accepted True; Ready True 2/2; Degraded False", "Healthy: 2/2")]
    [InlineData(2, "Accepted True; Ready True 1/2; Degraded True hk-is-down", "Healthy: it is served; hk-is-down")]
    [InlineData(2, "Accepted True; Ready False none AllDown", "Degraded: none")]
    [InlineData(2, "Accepted True; Ready False off Disabled", "Suspended: off")]
    [InlineData(2, "Accepted True; Ready Unknown no-endpoint Unused", "Healthy: no-endpoint")]
    [InlineData(2, "Accepted True; Ready Unknown not-probed Unknown", "Progressing: not-probed")]
    [InlineData(2, "Accepted True; Reachable False refused", "Degraded: refused")]
    [InlineData(2, "Accepted True; Conflict True taken NameTaken", "Degraded: taken")]
    [InlineData(2, "Accepted True; Reachable Unknown not-asked", "Progressing: not-asked")]
    [InlineData(2, "Accepted True; Ready Unknown not-probed Probing; Degraded False", "Progressing: not-probed")]
    [InlineData(2, "Accepted True; Exported False theirs", "Degraded: theirs")]
    [InlineData(2, "Accepted True; Delegated False no-kind", "Degraded: no-kind")]
    public void Health_follows_the_conditions(int? observedGeneration, string conditions, string health)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/lua5.3"), "lua5.3 is not installed");
        var script = $"""
            obj = {Table(new JsonObject
        {
            ["metadata"] = new JsonObject { ["generation"] = 2 },
            ["status"] = Status(observedGeneration, conditions),
        })}
            local script = io.open("{CrdTests.Root("deploy/argocd/health.lua")}"):read("a")
            local result = load(script, "health", "t", {"{"}obj = obj, ipairs = ipairs{"}"})()
            print(result.status .. ": " .. result.message)
            """;
        using var lua = Process.Start(new ProcessStartInfo("/usr/bin/lua5.3", "-")
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        lua.StandardInput.Write(script);
        lua.StandardInput.Close();
        var output = lua.StandardOutput.ReadToEnd() + lua.StandardError.ReadToEnd();
        lua.WaitForExit();
        Assert.Equal(health, output.Trim());
    }

    // Each condition is its type, status, message and reason; what it lacks is left out.
    private static JsonObject Status(int? observedGeneration, string conditions)
    {
        if (observedGeneration is null)
            return [];
        string[] names = ["type", "status", "message", "reason"];
        return new JsonObject
        {
            ["observedGeneration"] = observedGeneration,
            ["conditions"] = new JsonArray([.. conditions.Split("; ").Select(c => (JsonNode)new JsonObject(
                c.Split(' ').Select((value, i) => new KeyValuePair<string, JsonNode?>(names[i], value))))]),
        };
    }

    private static string Table(JsonNode node) => node switch
    {
        JsonObject fields => $"{{{string.Join(", ", fields.Select(f => $"[\"{f.Key}\"] = {Table(f.Value!)}"))}}}",
        JsonArray list => $"{{{string.Join(", ", list.Select(i => Table(i!)))}}}",
        _ => node.ToJsonString(),
    };
}
