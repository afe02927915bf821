using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Meridian.Operator.Tests;

/// <summary>
/// Argo CD's health check of our resources, run by a real Lua without its libraries, as Argo CD does.
/// </summary>
public sealed class ArgoHealthTests
{
    [Theory]
    [InlineData("{}", "Progressing: no node has looked at it yet")]
    [InlineData("""{"observedGeneration":1,"conditions":[{"type":"Accepted","status":"True","message":"m"}]}""", "Progressing: no node has looked at this version yet")]
    [InlineData("""{"observedGeneration":2,"conditions":[{"type":"Accepted","status":"True","message":"m"}]}""", "Healthy: it is served")]
    [InlineData("""{"observedGeneration":2,"conditions":[{"type":"Accepted","status":"False","message":"spec.site: no"}]}""", "Degraded: spec.site: no")]
    [InlineData("""{"observedGeneration":2,"conditions":[{"type":"Accepted","status":"Unknown","message":"wait"}]}""", "Progressing: wait")]
    [InlineData("""{"observedGeneration":2,"conditions":[{"type":"Accepted","status":"True"},{"type":"Ready","status":"True","message":"2 of 2"},{"type":"Degraded","status":"False"}]}""", "Healthy: 2 of 2")]
    [InlineData("""{"observedGeneration":2,"conditions":[{"type":"Accepted","status":"True"},{"type":"Ready","status":"True","message":"1 of 2"},{"type":"Degraded","status":"True","message":"hk is down"}]}""", "Degraded: hk is down")]
    [InlineData("""{"observedGeneration":2,"conditions":[{"type":"Accepted","status":"True"},{"type":"Ready","status":"False","reason":"AllDown","message":"none"}]}""", "Degraded: none")]
    [InlineData("""{"observedGeneration":2,"conditions":[{"type":"Accepted","status":"True"},{"type":"Ready","status":"False","reason":"Disabled","message":"off"}]}""", "Suspended: off")]
    [InlineData("""{"observedGeneration":2,"conditions":[{"type":"Accepted","status":"True"},{"type":"Ready","status":"Unknown","reason":"Unused","message":"no endpoint uses it"}]}""", "Healthy: no endpoint uses it")]
    [InlineData("""{"observedGeneration":2,"conditions":[{"type":"Accepted","status":"True"},{"type":"Ready","status":"Unknown","reason":"Unknown","message":"not probed"}]}""", "Progressing: not probed")]
    [InlineData("""{"observedGeneration":2,"conditions":[{"type":"Accepted","status":"True"},{"type":"Reachable","status":"False","message":"refused"}]}""", "Degraded: refused")]
    public void Health_follows_the_conditions(string status, string health)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/lua5.3"), "lua5.3 is not installed");
        var script = $"""
            obj = {Table(JsonNode.Parse("{\"metadata\":{\"generation\":2},\"status\":" + status + "}")!)}
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

    private static string Table(JsonNode node) => node switch
    {
        JsonObject fields => $"{{{string.Join(", ", fields.Select(f => $"[\"{f.Key}\"] = {Table(f.Value!)}"))}}}",
        JsonArray list => $"{{{string.Join(", ", list.Select(i => Table(i!)))}}}",
        _ => node.ToJsonString(),
    };
}
