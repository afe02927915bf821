using System.Text.Json.Nodes;
using Meridian.Kubernetes;
using Meridian.Model.Binding;

namespace Meridian.Operator.Crds;

/// <summary>Makes the CustomResourceDefinition of every kind out of the model.</summary>
public static class CrdWriter
{
    public const string Group = "meridian.dev";
    public const string Version = "v1alpha1";

    /// <summary>The resource of a kind.</summary>
    public static ApiResource ResourceOf(Kind kind) => new(Group, Version, kind.Plural, kind.Name);

    /// <summary>The definitions, in the order of the documentation.</summary>
    public static IEnumerable<(string Plural, JsonObject Definition)> All =>
        Kinds.All.Select(k => (k.Plural, Write(k)));

    private static JsonObject Write(Kind kind)
    {
        var spec = CrdSchema.Of(kind.Type);
        spec["description"] = $"What is wanted. {kind.Description}";
        return new JsonObject
        {
            ["apiVersion"] = "apiextensions.k8s.io/v1",
            ["kind"] = "CustomResourceDefinition",
            ["metadata"] = new JsonObject
            {
                ["name"] = $"{kind.Plural}.{Group}",
                ["labels"] = new JsonObject
                {
                    ["app.kubernetes.io/name"] = "meridian",
                    ["app.kubernetes.io/part-of"] = "meridian",
                },
            },
            ["spec"] = new JsonObject
            {
                ["group"] = Group,
                ["scope"] = "Namespaced",
                ["names"] = new JsonObject
                {
                    ["kind"] = kind.Name,
                    ["listKind"] = $"{kind.Name}List",
                    ["plural"] = kind.Plural,
                    ["singular"] = kind.Name.ToLowerInvariant(),
                    ["shortNames"] = kind.ShortName is null ? null : new JsonArray(kind.ShortName),
                    ["categories"] = new JsonArray("meridian"),
                },
                ["versions"] = new JsonArray(new JsonObject
                {
                    ["name"] = Version,
                    ["served"] = true,
                    ["storage"] = true,
                    ["subresources"] = new JsonObject { ["status"] = new JsonObject() },
                    ["additionalPrinterColumns"] = PrinterColumns.Of(kind.Name),
                    ["schema"] = new JsonObject
                    {
                        ["openAPIV3Schema"] = new JsonObject
                        {
                            ["description"] = kind.Description,
                            ["type"] = "object",
                            ["required"] = new JsonArray("spec"),
                            ["properties"] = new JsonObject
                            {
                                ["apiVersion"] = new JsonObject { ["type"] = "string" },
                                ["kind"] = new JsonObject { ["type"] = "string" },
                                ["metadata"] = new JsonObject { ["type"] = "object" },
                                ["spec"] = spec,
                                ["status"] = StatusSchema.Of(kind.Name),
                            },
                        },
                    },
                }),
            },
        };
    }
}
