using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using Meridian.Kubernetes;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Operator.Exporting;

/// <summary>
/// What a cluster should hold for an exported service: a Service without a selector, and slices of its endpoints. Pure.
/// </summary>
/// <param name="Name">Name of the ExportedService.</param>
/// <param name="Key">Where the Service is.</param>
/// <param name="Service">The Service.</param>
/// <param name="Slices">Its EndpointSlices, by name, without their owner.</param>
internal sealed record ExportPlan(string Name, ObjectKey Key, JsonObject Service,
    ImmutableSortedDictionary<string, JsonObject> Slices)
{
    /// <summary>Endpoints in a slice, as many as Kubernetes' own controller puts into one.</summary>
    public const int MaxEndpoints = 100;

    /// <summary>The label that marks what was written, so that it is found again.</summary>
    public const string OwnerLabel = "meridian.dev/exported-by";

    /// <summary>
    /// Who manages the slices, in the label that tells Kubernetes' own controllers to leave them alone.
    /// </summary>
    public const string Manager = "meridian.dev";

    public static ExportPlan Of(ExportedService export, EndpointPlan endpoint)
    {
        var labels = new JsonObject { [OwnerLabel] = export.Name, ["app.kubernetes.io/managed-by"] = "meridian" };
        var service = new JsonObject
        {
            ["metadata"] = new JsonObject { ["labels"] = labels.DeepClone() },
            ["spec"] = new JsonObject
            {
                ["type"] = "ClusterIP",
                ["ports"] = new JsonArray(new JsonObject
                {
                    ["name"] = "main",
                    ["protocol"] = "TCP",
                    ["port"] = export.Port,
                    ["targetPort"] = export.TargetPort ?? export.Port,
                }),
            },
        };
        var slices = ImmutableSortedDictionary.CreateBuilder<string, JsonObject>(StringComparer.Ordinal);
        foreach (var family in (ReadOnlySpan<AddressFamily>)[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
        {
            var version = family == AddressFamily.InterNetwork ? "IPv4" : "IPv6";
            var endpoints = Endpoints(endpoint, family).ToArray();
            for (var i = 0; i * MaxEndpoints < endpoints.Length; i++)
            {
                slices[$"{export.ServiceName}-{version.ToLowerInvariant()}-{i}"] = new JsonObject
                {
                    ["metadata"] = new JsonObject
                    {
                        ["labels"] = new JsonObject(labels
                            .Select(l => new KeyValuePair<string, JsonNode?>(l.Key, l.Value!.DeepClone())))
                        {
                            ["kubernetes.io/service-name"] = export.ServiceName,
                            ["endpointslice.kubernetes.io/managed-by"] = Manager,
                        },
                    },
                    ["addressType"] = version,
                    ["ports"] = new JsonArray(new JsonObject
                    {
                        ["name"] = "main",
                        ["protocol"] = "TCP",
                        ["port"] = export.TargetPort ?? export.Port,
                    }),
                    ["endpoints"] = new JsonArray([.. endpoints.Skip(i * MaxEndpoints).Take(MaxEndpoints)
                        .Select(e => (JsonNode)e)]),
                };
            }
        }

        return new ExportPlan(export.Name, new ObjectKey(export.Namespace, export.ServiceName), service,
            slices.ToImmutable());
    }

    /// <summary>Everything as text, for comparison.</summary>
    public string Text =>
        $"{Key} {Service.ToJsonString()} {string.Join(' ', Slices.Select(s => $"{s.Key} {s.Value.ToJsonString()}"))}";

    // Kubernetes allows neither loopback nor link-local addresses in a slice, and resolves no host names there.
    private static IEnumerable<JsonObject> Endpoints(EndpointPlan plan, AddressFamily family) => plan.AllPools
        .SelectMany(p => p.Addresses.Select(a => (Pool: p, Address: a)))
        .Where(a => a.Address.Shape.Ip is { } ip && ip.AddressFamily == family && !IPAddress.IsLoopback(ip)
            && !ip.IsIPv6LinkLocal && !ip.IsIPv6Multicast && !IsLinkLocal(ip))
        .GroupBy(a => a.Address.Shape.Value).OrderBy(g => g.Key, StringComparer.Ordinal)
        .Select(g =>
        {
            var ready = g.Any(a => a.Address.IsUp && a.Pool.Serves);
            var draining = !ready && g.Any(a => a.Address.State == VerdictState.Draining);
            return new JsonObject
            {
                ["addresses"] = new JsonArray(g.Key),
                ["conditions"] = new JsonObject
                {
                    ["ready"] = ready,
                    ["serving"] = ready || draining,
                    ["terminating"] = draining,
                },
            };
        });

    // IPv4 link-local, multicast and unspecified addresses.
    private static bool IsLinkLocal(IPAddress ip) =>
        ip.AddressFamily == AddressFamily.InterNetwork
        && ip.GetAddressBytes() is [169, 254, ..] or [224, ..] or [0, ..];
}
