using System.Text.Json.Nodes;
using Meridian.Model.Binding;
using Meridian.Operator.Crds;

namespace Meridian.Operator.Tests.Crds;

public sealed class EditorSchemaTests
{
    private static readonly JsonObject Schema = EditorSchema.Write();

    [Fact]
    public void It_has_every_kind_with_its_version() =>
        Assert.Equal(Kinds.All.Select(k => (k.Name, Kinds.ApiVersion)), Schema["oneOf"]!.AsArray()
            .Select(k => ((string)k!["properties"]!["kind"]!["const"]!,
                (string)k["properties"]!["apiVersion"]!["const"]!)));

    [Fact]
    public void A_field_that_there_is_none_of_is_a_fault_and_nothing_is_Kubernetes_own()
    {
        var spec = Schema["oneOf"]!.AsArray()
            .First(k => (string)k!["properties"]!["kind"]!["const"]! == "GlobalEndpoint")!["properties"]!["spec"]!;

        Assert.False((bool)spec["additionalProperties"]!);
        Assert.False((bool)spec["properties"]!["pools"]!["items"]!["additionalProperties"]!);
        Assert.DoesNotContain("x-kubernetes", Schema.ToJsonString());
    }
}
