using System.Text.Json;
using System.Text.Json.Nodes;

namespace Meridian.Tests.Monitoring;

/// <summary>Makes the dashboards of deploy/grafana, one for each question that people come with.</summary>
internal static class Dashboards
{
    private const int Columns = 24;
    private const int Height = 8;
    private const string Rate = "[$__rate_interval]";

    public static IReadOnlyDictionary<string, (string Title, (string Row, Panel[] Panels)[] Rows)> All { get; } =
        new Dictionary<string, (string, (string, Panel[])[])>
        {
            ["overview"] = ("Meridian: overview",
        [
            ("Now",
            [
                new("Nodes ready", "none", 4, ("sum(meridian_node_ready)", "ready")) { Stat = true },
                new("Endpoints serving", "none", 4, ("sum(meridian_endpoint_serving)", "serving")) { Stat = true },
                new("Pools out", "none", 4, ("count(meridian_pool_serving == 0) or vector(0)", "out")) { Stat = true },
                new("Overrides that stand", "none", 4, ("max(meridian_overrides)", "overrides")) { Stat = true },
                new("Configuration faults", "none", 4,
                    ("max(meridian_configuration_faults)", "faults")) { Stat = true },
                new("Probes failing", "percentunit", 4,
                    ($"sum(rate(meridian_health_probes_total{{result=\"failed\"}}{Rate})) / "
                        + $"sum(rate(meridian_health_probes_total{Rate}))", "failed")) { Stat = true },
            ]),
            ("Traffic",
            [
                new("DNS queries a second", "reqps", 12,
                    ($"sum by (transport) (rate(meridian_dns_queries_total{Rate}))", "{{transport}}")),
                new("Gateway requests a second", "reqps", 12,
                    ($"sum by (http_route) (rate(http_server_request_duration_seconds_count{Rate}))",
                        "{{http_route}}")),
            ]),
            ("Failure",
            [
                new("Pools that serve", "none", 12, ("meridian_pool_serving", "{{endpoint}} / {{pool}}")),
                new("Nodes by region", "none", 8, ("max by (region) (meridian_fleet_nodes)", "{{region}}")),
                new("Words of nodes on targets that not all see up", "none", 8,
                    ("max by (state) (meridian_vantage_votes)", "{{state}}")),
                new("Shared store", "none", 8,
                    ("meridian_store_attached", "{{instance}} follows it"),
                    ($"rate(meridian_claims_written_total{Rate})", "keys written a second by {{instance}}"),
                    ("meridian_claims_waiting", "keys that wait at {{instance}}"),
                    ($"rate(meridian_store_revision{Rate})", "revisions a second at {{instance}}"),
                    ("meridian_zone_publisher", "zones that {{instance}} publishes")),
                new("Clusters that are heard", "none", 8,
                    ("meridian_cluster_reachable", "{{cluster}} by {{instance}}")),
                new("Objects watched", "none", 8, ("sum by (cluster) (meridian_cluster_objects)", "{{cluster}}")),
                new("Records of clients", "none", 8,
                    ("sum by (instance) (meridian_records)", "records of {{instance}}"),
                    ("sum by (state) (meridian_records_clients)", "clients {{state}}"),
                    ("sum(meridian_objects_refused)", "objects refused")),
                new("Requests that needed another address", "reqps", 12,
                    ($"sum by (route, site, phase) (rate(meridian_gateway_failovers_total{Rate}))",
                        "{{route}} {{site}} {{phase}}")),
            ]),
        ]),
            ["dns"] = ("Meridian: DNS",
        [
            ("Traffic",
            [
                new("Queries a second", "reqps", 12,
                    ($"sum by (transport) (rate(meridian_dns_queries_total{Rate}))", "{{transport}}")),
                new("Responses a second by code", "reqps", 12,
                    ($"sum by (rcode) (rate(meridian_dns_responses_total{Rate}))", "{{rcode}}")),
                new("Steered responses a second", "reqps", 12,
                    ($"sum by (transport) (rate(meridian_dns_steered_total{Rate}))", "{{transport}}")),
                new("Truncated responses a second", "reqps", 12,
                    ($"sum(rate(meridian_dns_truncated_total{Rate}))", "truncated")),
            ]),
            ("Under attack",
            [
                new("Over the rate limit", "reqps", 12,
                    ($"sum by (result) (rate(meridian_dns_limited_total{Rate}))", "{{result}}")),
                new("Messages that were no queries", "reqps", 12,
                    ($"sum(rate(meridian_dns_silent_total{Rate}))", "silent")),
            ]),
            ("Connections and signatures",
            [
                new("Open TCP connections", "none", 8,
                    ("sum by (instance) (meridian_dns_tcp_connections)", "{{instance}}")),
                new("Set aside: transfers, updates, signatures", "reqps", 8,
                    ($"sum(rate(meridian_dns_aside_total{Rate}))", "aside"),
                    ($"sum(rate(meridian_dns_aside_dropped_total{Rate}))", "dropped")),
                new("Signatures kept", "none", 8, ("sum by (instance) (meridian_dns_signatures)", "{{instance}}")),
            ]),
        ]),
            ["gateway"] = ("Meridian: gateway",
        [
            ("What clients see",
            [
                new("Requests a second by status", "reqps", 8,
                    ($"sum by (http_response_status_code) (rate(http_server_request_duration_seconds_count{Rate}))",
                        "{{http_response_status_code}}")),
                new("Errors of all requests", "percentunit", 8,
                    ($"sum by (http_route) "
                        + "(rate(http_server_request_duration_seconds_count"
                        + $"{{http_response_status_code=~\"5..\"}}{Rate})) / sum by (http_route) "
                        + $"(rate(http_server_request_duration_seconds_count{Rate}))", "{{http_route}}")),
                new("Duration", "s", 8,
                    ($"histogram_quantile(0.5, sum by (le) (rate(http_server_request_duration_seconds_bucket{Rate})))",
                        "p50"),
                    ($"histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{Rate})))",
                        "p95"),
                    ($"histogram_quantile(0.99, sum by (le) (rate(http_server_request_duration_seconds_bucket{Rate})))",
                        "p99")),
            ]),
            ("Failover",
            [
                new("Requests that needed another address, by phase", "reqps", 8,
                    ($"sum by (site, phase) (rate(meridian_gateway_failovers_total{Rate}))", "{{site}} {{phase}}")),
                new("Answers that broke off", "reqps", 8,
                    ($"sum by (site) (rate(meridian_gateway_lost_total{Rate}))", "{{site}} lost"),
                    ($"sum by (site) (rate(meridian_gateway_resumed_total{Rate}))", "{{site}} continued")),
                new("Repetitions left in the budget", "none", 8,
                    ("min by (route) (meridian_gateway_retry_budget)", "{{route}}")),
            ]),
            ("Addresses",
            [
                new("Requests under way", "none", 8,
                    ("sum by (pool, address) (meridian_gateway_in_flight)", "{{pool}} {{address}}")),
                new("Time to first octet, p95", "s", 8,
                    ($"histogram_quantile(0.95, sum by (le, site) "
                        + $"(rate(meridian_gateway_first_byte_seconds_bucket{Rate})))", "{{site}}")),
                new("Longest gap within an answer, p99", "s", 8,
                    ($"histogram_quantile(0.99, sum by (le, site) "
                        + $"(rate(meridian_gateway_stream_gap_seconds_bucket{Rate})))", "{{site}}")),
                new("Answers a second by site", "reqps", 8,
                    ($"sum by (site) (rate(meridian_gateway_served_total{Rate}))", "{{site}}")),
                new("Second addresses beside slow ones", "reqps", 8,
                    ($"sum by (result) (rate(meridian_gateway_hedges_total{Rate}))", "{{result}}")),
                new("Bodies kept for another try", "bytes", 8,
                    ("sum by (tier) (meridian_gateway_replay_bytes)", "{{tier}}")),
            ]),
        ]),
            ["tunnels"] = ("Meridian: tunnels",
        [
            ("Now",
            [
                new("Tunnels by agent", "none", 12, ("sum by (agent) (meridian_tunnel_connections)", "{{agent}}")),
                new("Connections to services", "none", 12, ("sum by (agent) (meridian_tunnel_streams)", "{{agent}}")),
            ]),
            ("The line",
            [
                new("Round trip", "s", 8, ("max by (agent) (meridian_tunnel_round_trip_seconds)", "{{agent}}")),
                new("Towards agents", "Bps", 8,
                    ($"sum by (agent) (rate(meridian_tunnel_bytes_total{{direction=\"to_agent\"}}{Rate}))",
                        "{{agent}}")),
                new("From agents", "Bps", 8,
                    ($"sum by (agent) (rate(meridian_tunnel_bytes_total{{direction=\"from_agent\"}}{Rate}))",
                        "{{agent}}")),
            ]),
            ("Coming and going",
            [
                new("Tunnels opened", "none", 8,
                    ("sum by (agent) (increase(meridian_tunnel_events_total{event=\"connected\"}[5m]))", "{{agent}}")),
                new("Tunnels lost", "none", 8,
                    ("sum by (agent) (increase(meridian_tunnel_events_total{event=\"lost\"}[5m]))", "{{agent}}")),
                new("Tunnels refused", "none", 8,
                    ("sum by (agent) (increase(meridian_tunnel_events_total{event=\"refused\"}[5m]))", "{{agent}}")),
            ]),
        ]),
            ["sites"] = ("Meridian: sites",
        [
            ("Pools",
            [
                new("Pools that serve", "none", 12, ("meridian_pool_serving", "{{endpoint}} / {{pool}}")),
                new("Addresses up", "none", 12, ("meridian_pool_addresses_up", "{{endpoint}} / {{pool}}")),
                new("Share of addresses up", "percentunit", 12,
                    ("meridian_pool_addresses_up / meridian_pool_addresses", "{{endpoint}} / {{pool}}")),
                new("Kept in the answer by the guard", "none", 12,
                    ("meridian_pool_guarded", "{{endpoint}} / {{pool}}")),
            ]),
            ("Load",
            [
                new("How busy pools are", "percentunit", 8, ("meridian_load_utilisation", "{{endpoint}} / {{pool}}")),
                new("Weights", "none", 8, ("meridian_pool_weight", "{{endpoint}} / {{pool}}")),
                new("What load has taught of capacity", "none", 8, ("meridian_load_trim", "{{endpoint}} / {{pool}}")),
            ]),
            ("Probes",
            [
                new("Probes a second", "reqps", 12,
                    ($"sum by (result) (rate(meridian_health_probes_total{Rate}))", "{{result}}")),
                new("Probes under way and targets", "none", 12, ("sum(meridian_health_in_flight)", "under way"),
                    ("sum(meridian_health_targets)", "targets")),
            ]),
        ]),
        };

    public static string Json(string name)
    {
        var (title, rows) = All[name];
        var panels = new JsonArray();
        var (id, y) = (1, 0);
        foreach (var (row, contents) in rows)
        {
            panels.Add(new JsonObject
            {
                ["id"] = id++,
                ["type"] = "row",
                ["title"] = row,
                ["collapsed"] = false,
                ["gridPos"] = Place(0, y++, Columns, 1),
                ["panels"] = new JsonArray(),
            });
            var x = 0;
            foreach (var panel in contents)
            {
                var height = panel.Stat ? Height / 2 : Height;
                if (x + panel.Width > Columns)
                    (x, y) = (0, y + height);
                panels.Add(Chart(panel, id++, Place(x, y, panel.Width, height)));
                x += panel.Width;
            }

            y += contents[^1].Stat ? Height / 2 : Height;
        }

        return new JsonObject
        {
            ["uid"] = $"meridian-{name}",
            ["id"] = null,
            ["title"] = title,
            ["tags"] = new JsonArray("meridian"),
            ["timezone"] = "browser",
            ["schemaVersion"] = 39,
            ["refresh"] = "10s",
            ["time"] = new JsonObject { ["from"] = "now-1h", ["to"] = "now" },
            ["templating"] = new JsonObject
            {
                ["list"] = new JsonArray(new JsonObject
                {
                    ["name"] = "datasource",
                    ["type"] = "datasource",
                    ["query"] = "prometheus",
                    ["label"] = "Prometheus",
                }),
            },
            ["panels"] = panels,
        }.ToJsonString(new JsonSerializerOptions
        {
            WriteIndented = true,
            Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        }) + "\n";
    }

    private static JsonObject Chart(Panel panel, int id, JsonObject place) => new()
    {
        ["id"] = id,
        ["type"] = panel.Stat ? "stat" : "timeseries",
        ["title"] = panel.Title,
        ["datasource"] = new JsonObject { ["type"] = "prometheus", ["uid"] = "${datasource}" },
        ["gridPos"] = place,
        ["fieldConfig"] = new JsonObject
        {
            ["defaults"] = new JsonObject { ["unit"] = panel.Unit, ["min"] = 0 },
            ["overrides"] = new JsonArray(),
        },
        ["targets"] = new JsonArray([.. panel.Queries
            .Select((q, i) => (JsonNode)new JsonObject
            {
                ["refId"] = $"{(char)('A' + i)}",
                ["expr"] = q.Expression,
                ["legendFormat"] = q.Legend,
            })]),
    };

    private static JsonObject Place(int x, int y, int width, int height) =>
        new() { ["x"] = x, ["y"] = y, ["w"] = width, ["h"] = height };
}
