using System.Text.Json.Nodes;

namespace Meridian.Operator.Crds;

/// <summary>The columns that <c>kubectl get</c> shows for each kind.</summary>
internal static class PrinterColumns
{
    private static readonly Dictionary<string, (string Name, string Path)[]> Own = new()
    {
        ["GlobalEndpoint"] =
        [
            ("Hostname", ".spec.hostname"), ("Policy", ".spec.policy"),
            ("Ready", ".status.conditions[?(@.type==\"Ready\")].status"),
            ("Pools", ".status.poolsUp"), ("Answer", ".status.answer"),
        ],
        ["AddressPool"] =
        [
            ("Site", ".spec.site"), ("Ready", ".status.conditions[?(@.type==\"Ready\")].status"),
            ("Up", ".status.addressesUp"),
        ],
        ["HealthCheck"] = [("Interval", ".spec.interval"), ("Targets", ".status.targets"),
            ("Failing", ".status.failing")],
        ["Zone"] = [("Origin", ".spec.origin"), ("Serial", ".status.serial")],
        ["Site"] = [("Country", ".spec.country"), ("Latitude", ".spec.latitude"), ("Longitude", ".spec.longitude")],
        ["TunnelAgent"] = [("Site", ".spec.site"), ("Connected", ".status.conditions[?(@.type==\"Connected\")].status"),
            ("Tunnels", ".status.connections"), ("Services", ".status.services")],
        ["Node"] = [("Site", ".spec.site"), ("Addresses", ".spec.addresses")],
        ["ExportedService"] = [("Endpoint", ".spec.endpoint"), ("Exported", ".status.exported")],
        ["Cluster"] = [("Site", ".spec.site"), ("Reachable", ".status.conditions[?(@.type==\"Reachable\")].status"),
            ("Objects", ".status.objects")],
    };

    public static JsonArray Of(string kind)
    {
        (string Name, string Path)[] columns = [.. Own.GetValueOrDefault(kind, []),
            ("Accepted", ".status.conditions[?(@.type==\"Accepted\")].status")];
        return
        [
            .. columns.Select(c => Column(c.Name, c.Path, c.Name switch
            {
                "Serial" or "Targets" or "Failing" or "Objects" or "Tunnels" => "integer",
                "Latitude" or "Longitude" => "number",
                _ => "string",
            })),
            Column("Age", ".metadata.creationTimestamp", "date"),
        ];
    }

    private static JsonObject Column(string name, string path, string type) =>
        new JsonObject { ["name"] = name, ["type"] = type, ["jsonPath"] = path };
}
