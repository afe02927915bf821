using System.Text;

namespace Meridian.Tests.Monitoring;

/// <summary>Makes deploy/prometheus/meridian.rules.yaml and docs/runbook.md.</summary>
internal static class Alerts
{
    // Multi-window burn rates of a 99.9 % objective over 30 days (Google SRE workbook, chapter 5): 14.4 spends 2 % in
    // an hour.
    private const string Burn = "14.4 * 0.001";

    public static IReadOnlyList<Alert> All { get; } =
    [
        new("MeridianEndpointDown", "critical", "10s", "meridian_endpoint_serving == 0",
            "no pool of {{ $labels.endpoint }} is up",
            "`meridian status` names what is down and why, `meridian explain NAME` what is answered meanwhile "
                + "(`whenAllDown`). Bring a site back, or say `meridian override set pool/NAME up` if the checks are "
                + "wrong. What a person drained and is healthy answers before what is dead (`ServeAll`, "
                + "`LastKnownGood`)."),
        new("MeridianPoolDown", "warning", "30s", "meridian_pool_serving == 0",
            "pool {{ $labels.pool }} of {{ $labels.endpoint }} is out",
            "Clients are served elsewhere. `meridian status` has the reason of each address, and its last probes."),
        new("MeridianPoolGuarded", "critical", "30s", "meridian_pool_guarded == 1",
            "pool {{ $labels.pool }} of {{ $labels.endpoint }} is down and still answered",
            "More failed than `guard.maxRemoved` allows to be removed. Either the checks are wrong (fix the check) or "
                + "the pools are down (raise the guard, or override)."),
        new("MeridianNotReady", "critical", "1m", "meridian_node_ready == 0",
            "{{ $labels.instance }} has not finished a round of probes",
            "`/readyz` says why. A node that is not ready answers by its remembered verdicts."),
        new("MeridianLoopStalled", "critical", "30s", "meridian_loop_stalled == 1",
            "loop {{ $labels.loop }} of {{ $labels.instance }} stands still",
            "`/readyz` says what that means. Answers are those of the last good table. `files` and `changes`: a mount "
                + "hangs, or a file has no end; `feeds`: the mount of an external check's file hangs; `state`: the "
                + "disk does not answer; `loads`, `clusters`, `status` and `query-log`: clients notice nothing, and "
                + "the node stays ready. Otherwise look at the log, and restart the node."),
        new("MeridianFilesFault", "warning", "1m", "meridian_files_fault == 1",
            "the newest {{ $labels.files }} of {{ $labels.instance }} cannot be used",
            "`meridian status` and `/readyz` say why. What was read before is in force; a certificate that is not "
                + "renewed for that reason runs out."),
        new("MeridianConfigurationFault", "warning", "1m", "meridian_configuration_faults > 0",
            "the configuration on disk of {{ $labels.instance }} has faults and is not served",
            "`meridian check PATH` prints every fault with its place. The last good configuration serves on."),
        new("MeridianObjectsRefused", "warning", "1m", "meridian_objects_refused > 0",
            "{{ $value }} custom resources are not served in their latest version",
            "`kubectl get meridian -A` shows `ACCEPTED False`; the condition's message names the field. The last good "
                + "version serves on."),
        new("MeridianClusterAway", "warning", "2m", "meridian_cluster_reachable == 0",
            "{{ $labels.instance }} does not hear cluster {{ $labels.cluster }}",
            "Its readiness is no evidence meanwhile, and the probes decide; its addresses stay as they were. `kubectl "
                + "describe mcl NAME` has the reason: credentials, network, or the API server itself."),
        new("MeridianRecordsSilent", "warning", "1m", "meridian_records_clients{state=\"silent\"} > 0",
            "{{ $value }} clients with records have not been heard for half their lease",
            "The log names them. When the lease has run out, those of their targets leave their names whose probes "
                + "fail too. Look at the ExternalDNS of that cluster."),
        new("MeridianStateFault", "warning", "1m", "meridian_state_fault == 1",
            "{{ $labels.instance }} cannot keep its state",
            "`meridian status` has the reason. Overrides, records and updates are refused until the disk takes them; "
                + "what the node found out by itself is in force and tried again. Look at the disk of `--state`. After "
                + "a loss, restore a backup or set again what is missing, then remove `meridian.loss`."),
        new("MeridianStoreAway", "warning", "1m", "meridian_store_attached == 0",
            "{{ $labels.instance }} does not follow the shared store",
            "It answers on by its own probes and by what it knew; overrides are refused there. `meridian node list` "
                + "has the reason, `meridian store check` asks etcd's members."),
        new("MeridianStoreFault", "critical", "1m", "meridian_store_shared_fault == 1",
            "a person must see to the shared store of {{ $labels.instance }}",
            "`meridian node list` has the sentence: the store was not prepared, is another cluster's, was restored "
                + "from a backup, or is full; or two nodes have one name."),
        new("MeridianStoreUnshared", "warning", "5m", "meridian_store_unshared == 1",
            "{{ $labels.instance }} alone has records or updates that the shared store does not take in",
            "They are served there and nowhere else. The log of the node says why: a value may be larger than a store "
                + "takes. What it says of a client or zone is tried again every second."),
        new("MeridianZonePending", "warning", "10m", "meridian_zone_versions_pending > 0",
            "{{ $value }} zones of {{ $labels.instance }} hold other records than the version that is published",
            "Other servers copy the published version. The configuration of the nodes differs, or the shared store is "
                + "away: `meridian node list`. The node that publishes a zone says what is in its versions."),
        new("MeridianNodeIll", "warning", "2m", "meridian_fleet_ill > 0",
            "{{ $value }} nodes do not believe their own probes",
            "A node that loses most of what it probes at once has no opinion, and the others judge. `meridian node "
                + "list` names it: look at its network first."),
        new("MeridianNodeGone", "warning", "10m", "max(meridian_fleet_gone) > 0",
            "{{ $value }} nodes of the cluster are gone",
            "`meridian node list` names them. Bring the node back; if it will not come, `meridian node forget` it."),
        new("MeridianDnsFailures", "critical", "2m",
            "sum by (instance) (rate(meridian_dns_responses_total{rcode=\"SERVFAIL\"}[5m])) / sum by (instance) "
                + "(rate(meridian_dns_responses_total[5m])) > 0.01",
            "more than 1 % of the answers of {{ $labels.instance }} are SERVFAIL",
            "A zone that lives elsewhere has expired, or an endpoint says `whenAllDown: ServFail`. The log names "
                + "zones; `meridian status` endpoints."),
        new("MeridianDnsLimited", "warning", "5m",
            "sum by (instance) (rate(meridian_dns_limited_total{result=\"dropped\"}[5m])) > 100",
            "{{ $labels.instance }} drops more than 100 answers a second over the rate limit",
            "Somebody uses the server to flood somebody else, or a resolver of many clients has no cookies. The query "
                + "log tells which name and network; `--rate-limit` raises the limit."),
        new("MeridianLoadUnknown", "warning", "5m",
            "sum by (instance) (rate(meridian_load_scrapes_total{result=\"failed\"}[5m])) > sum by (instance) "
                + "(rate(meridian_load_scrapes_total{result=\"ok\"}[5m]))",
            "{{ $labels.instance }} cannot read most of its addresses' metrics",
            "Weights go back to the capacities that are declared. `meridian status` says of each address what was "
                + "wrong with its last reading."),
        new("MeridianLoadStale", "warning", "1m", "meridian_load_age_seconds > 60",
            "nothing has been heard of the load of pool {{ $labels.pool }} of {{ $labels.endpoint }} for a minute",
            "Its weight is its capacity by now. `meridian status` says of each address where its last figure came from "
                + "and what was wrong since."),
        new("MeridianWeightsRestless", "warning", "15m", "changes(meridian_pool_weight[15m]) > 150",
            "the weight of pool {{ $labels.pool }} of {{ $labels.endpoint }} changes with nearly every tick",
            "The figures swing: a scrape that alternates between servers, or a capacity that is far too small. "
                + "`meridian explain NAME` shows the figures behind the weight."),
        new("MeridianEndpointFull", "critical", "2m", "min by (endpoint) (meridian_load_utilisation) > 0.9",
            "every pool of {{ $labels.endpoint }} is used by more than 90 %",
            "There is nowhere left to send clients. Add capacity, or shed load before the addresses do."),
        new("MeridianCertificateExpires", "warning", "1h",
            "meridian_certificate_expiry_timestamp_seconds - time() < 14 * 86400",
            "the {{ $labels.use }} certificate for {{ $labels.name }} ends within 14 days",
            "Put the new one in the place of the old one: it is read within a second."),
        new("MeridianPoolFull", "warning", "5m", "meridian_load_utilisation > 1",
            "pool {{ $labels.pool }} of {{ $labels.endpoint }} is over its capacity",
            "Its weight has been lowered as far as the others allow: where all are full, nothing is left to give. Add "
                + "capacity."),
        new("MeridianTunnelLost", "warning", "1m", "sum by (agent) (meridian_tunnel_connections) == 0",
            "agent {{ $labels.agent }} has no tunnel to any node",
            "Its services are served elsewhere. On its host, `meridian-agent status` and `meridian-agent check` say "
                + "how far it comes; its log has the reason of every attempt."),
        new("MeridianTunnelRefused", "warning", "0s",
            "sum by (agent) (increase(meridian_tunnel_events_total{event=\"refused\"}[5m])) > 0",
            "tunnels of agent {{ $labels.agent }} are refused",
            "A second process has its identity (`replicas: true` allows several, otherwise stop one of them), or it "
                + "has as many tunnels as `limits.connections` allows. `meridian` logs who dialled and why it was "
                + "refused."),
        new("MeridianGatewayErrors", "critical", "1m",
            $"(sum by (http_route) "
                + $"(rate(http_server_request_duration_seconds_count{{http_response_status_code=~\"5..\"}}[5m])) / sum "
                + $"by (http_route) (rate(http_server_request_duration_seconds_count[5m])) > {Burn})" +
            $" and (sum by (http_route) "
                + $"(rate(http_server_request_duration_seconds_count{{http_response_status_code=~\"5..\"}}[1h])) / sum "
                + $"by (http_route) (rate(http_server_request_duration_seconds_count[1h])) > {Burn})",
            "{{ $labels.http_route }} fails requests fast enough to spend a month's budget in two days",
            "The gateway has tried every address it may. `x-meridian-error` on answers tells its own errors from the "
                + "service's; `meridian_gateway_failovers_total` tells where and in which phase."),
        new("MeridianGatewaySlow", "warning", "5m",
            $"1 - sum by (route) (rate(meridian_gateway_first_byte_seconds_bucket{{le=\"10\"}}[10m])) / sum by (route) "
                + $"(rate(meridian_gateway_first_byte_seconds_count[10m])) > {Burn}",
            "answers of {{ $labels.route }} take more than 10 s to begin",
            "The addresses are slow or full. `meridian_gateway_in_flight` shows where work piles up; give "
                + "`upstream.capacity`, so that the next pool takes what is over."),
        new("MeridianGatewayFailovers", "warning", "5m",
            "sum by (route) (rate(meridian_gateway_failovers_total[5m])) / sum by (route) "
                + "(rate(meridian_gateway_attempts_total[5m])) > 0.05",
            "more than 5 % of the requests of {{ $labels.route }} need a second address",
            "Clients notice nothing yet. The labels `site` and `phase` say who fails them and when: `connect` is a "
                + "dead address, `firstbyte` a dying or slow one."),
        new("MeridianGatewayAnswersLost", "warning", "0s",
            "sum by (route, site) (increase(meridian_gateway_lost_total[5m])) > 0",
            "answers of {{ $labels.route }} broke off at {{ $labels.site }}",
            "Clients were told. Where the same request gives the same octets anywhere, `deterministic: true` lets the "
                + "gateway continue them elsewhere."),
        new("MeridianGatewayRetryBudgetSpent", "critical", "1m", "meridian_gateway_retry_budget == 0",
            "{{ $labels.route }} has no repetitions left",
            "So much fails that sending it again would only add load. Look at the addresses; the budget is "
                + "`retry.budget`."),
        new("MeridianGatewayPanic", "critical", "30s", "meridian_gateway_panic == 1",
            "fewer than half of the addresses of {{ $labels.route }} are up",
            "Those that are down are tried as well. If they work, the checks are wrong; if not, capacity is."),
    ];

    public static string Rules()
    {
        var text = new StringBuilder("# Made from the metrics' definitions; a test holds it current, and Prometheus "
            + "loads it in CI.\ngroups:\n  - name: meridian\n    rules:\n");
        foreach (var alert in All)
        {
            var action = alert.Action.Replace("\\", "\\\\", StringComparison.Ordinal)
                .Replace("\"", "\\\"", StringComparison.Ordinal);
            text.Append($"      - alert: {alert.Name}\n        expr: >-\n          {alert.Expression}\n")
                .Append($"        for: {alert.For}\n        labels: {{severity: {alert.Severity}}}\n")
                .Append($"        annotations:\n          summary: \"{alert.Summary}\"\n")
                .Append($"          description: \"{action}\"\n")
                .Append($"          runbook: \"docs/runbook.md#{alert.Name.ToLowerInvariant()}\"\n");
        }

        return text.ToString();
    }

    public static string Runbook()
    {
        var text = new StringBuilder("# Runbook\n\nWhat each alert of "
            + "[meridian.rules.yaml](../deploy/prometheus/meridian.rules.yaml) means and what to do. Made from the "
            + "code; a test holds it current.\n");
        foreach (var alert in All)
            text.Append($"\n## {alert.Name}\n\n{alert.Severity}, after {alert.For}: {alert.Summary}.\n\n```\n"
                + $"{alert.Expression}\n```\n\n{alert.Action}\n");
        return text.ToString();
    }
}
