using System.Collections.Immutable;
using System.Diagnostics.Metrics;
using Meridian.Dns.Answering;
using Meridian.Dns.Sockets;
using Meridian.Dns.Wire;
using Meridian.Model.Loads;
using Meridian.Steering.Plans;

namespace Meridian.Running;

/// <summary>
/// What a node measures. Everything is read off snapshots when it is asked for; nothing is counted twice.
/// </summary>
internal static partial class NodeMetrics
{
    public const string MeterName = "Meridian";

    /// <summary>Every metric with its unit and meaning, for the reference page.</summary>
    public static ImmutableArray<MetricDescription> All { get; } =
    [
        new("meridian.dns.queries", "{query}", "Queries received", ["transport"],
            node => ByTransport(node, c => c.Queries)) { Counter = true },
        new("meridian.dns.responses", "{response}", "Responses sent, by response code", ["transport", "rcode"],
            node => from counters in node.Dns.Counters
                    from code in Enum.GetValues<ResponseCode>()
                    let count = counters.Responses(code)
                    where count > 0
                    select M(count, ("transport", NameOf(counters.Transport)),
                        ("rcode", code.ToString().ToUpperInvariant()))) { Counter = true },
        new("meridian.dns.silent", "{query}", "Messages that got no response because they were no queries",
            ["transport"],
            node => ByTransport(node, c => c.Silent)) { Counter = true },
        new("meridian.dns.truncated", "{response}", "Responses that were too long for UDP", ["transport"],
            node => ByTransport(node, c => c.Truncated)) { Counter = true },
        new("meridian.dns.steered", "{response}", "Responses that a steered name had a part in", ["transport"],
            node => ByTransport(node, c => c.Steered)) { Counter = true },
        new("meridian.dns.aside", "{query}",
            "Messages that wanted more than a look-up: transfers, updates, signed queries, signatures to be made",
            ["transport"],
            node => ByTransport(node, c => c.Deferred)) { Counter = true },
        new("meridian.dns.aside.dropped", "{query}", "Of those over UDP, the ones that found no room to wait", [],
            node => [M(node.Dns.DroppedDeferred)]) { Counter = true },
        new("meridian.dns.limited", "{response}", "Responses over the rate limit, dropped or sent truncated",
            ["result"], node =>
            [M(node.Dns.Limiter?.Dropped ?? 0, ("result", "dropped")),
                M(node.Dns.Limiter?.Slipped ?? 0, ("result", "truncated"))]) { Counter = true },
        new("meridian.dns.signatures", "{signature}", "Signatures that are kept", [], node => [M(node.Dns.Signatures)]),
        new("meridian.dns.tcp.connections", "{connection}", "Open TCP connections", [],
            node => [M(node.Dns.TcpConnections)]),
        new("meridian.health.probes", "{probe}", "Probes completed", ["result"], node =>
            [M(node.Health.Probes.Completed - node.Health.Probes.Failed, ("result", "ok")),
                M(node.Health.Probes.Failed, ("result", "failed"))]) { Counter = true },
        new("meridian.health.targets", "{target}", "What is probed", [], node => [M(node.Health.TargetCount)]),
        new("meridian.health.in_flight", "{probe}", "Probes under way", [], node => [M(node.Health.InFlight)]),
        new("meridian.endpoint.serving", "{bool}", "1 when any pool of the endpoint serves, 0 when whenAllDown speaks",
            ["endpoint"],
            node => node.State.Table.Endpoints.Where(e => e.IsJudged || node.HasLooked)
                .Select(e => M(e.AnyServes ? 1 : 0, ("endpoint", e.Endpoint.Name)))),
        new("meridian.pool.serving", "{bool}", "1 when the pool may be answered", ["endpoint", "pool"],
            node => Pools(node, p => p.Serves ? 1 : 0)),
        new("meridian.pool.addresses.up", "{address}", "Addresses of the pool that are up", ["endpoint", "pool"],
            node => Pools(node, p => p.UpCount)),
        new("meridian.pool.addresses", "{address}", "Addresses of the pool that are enabled", ["endpoint", "pool"],
            node => Pools(node, p => p.Addresses.Length)),
        new("meridian.pool.guarded", "{bool}",
            "1 when the pool is down and the endpoint's guard keeps it in the answer: alert on it",
            ["endpoint", "pool"], node => Pools(node, p => p.State == PoolState.Guarded ? 1 : 0)),
        new("meridian.pool.weight", "{weight}", "Weight that the pool is drawn by, under policies that draw",
            ["endpoint", "pool"], node => Pools(node, p => p.Weight)),
        new("meridian.load.utilisation", "1",
            "How busy the pool is, smoothed: 0 idle, 1 full; for endpoints whose weights follow load",
            ["endpoint", "pool"],
            node => node.State.Table.Endpoints
                .SelectMany(e => e.AllPools.Where(p => p.ByLoad?.Utilisation is not null).Select(p =>
                M(p.ByLoad!.Utilisation!.Value, ("endpoint", e.Endpoint.Name), ("pool", p.Shape.Pool.Name))))),
        new("meridian.load.trim", "1", "What the load has taught of the pool's capacity: 1 where it is as declared",
            ["endpoint", "pool"],
            node => node.State.Table.Endpoints.SelectMany(e => e.AllPools.Where(p => p.ByLoad is not null).Select(p =>
                M(p.ByLoad!.Trim, ("endpoint", e.Endpoint.Name), ("pool", p.Shape.Pool.Name))))),
        new("meridian.load.age.seconds", "s",
            "Age of the newest figure of the pool; for endpoints whose weights follow load", ["endpoint", "pool"],
            node => from e in node.State.Table.Endpoints
                    from p in e.AllPools
                    where p.ByLoad is not null
                    let ages = p.Addresses.Select(a => node.Loads.Book.Of(p.KeyOf(a))).OfType<LoadFigure>()
                    .Select(f => (node.Loop.Now - f.At).TotalSeconds).ToArray()
                    where ages.Length > 0
                    select M(ages.Min(), ("endpoint", e.Endpoint.Name), ("pool", p.Shape.Pool.Name))),
        new("meridian.certificate.expiry.timestamp.seconds", "s", "When the certificate ends, since 1970",
            ["use", "name"],
            node => node.Certificates.Select(c => M(c.NotAfter.ToUnixTimeSeconds(), ("use", c.Use), ("name", c.Name)))),
        new("meridian.load.scrapes", "{scrape}", "Readings of the metrics of addresses", ["result"], node =>
            [M(node.Loads.Scrapes.Completed - node.Loads.Scrapes.Failed, ("result", "ok")),
                M(node.Loads.Scrapes.Failed, ("result", "failed"))]) { Counter = true },
        new("meridian.overrides", "{override}", "Overrides that stand", [],
            node => [M(node.State.Overrides.Overrides.Length)]),
        new("meridian.configuration.faults", "{fault}",
            "Faults of the configuration on disk, which is not served: alert on it", [],
            node => [M(node.State.Faults.Length)]),
        new("meridian.state.fault", "{bool}", "1 when the state store cannot be read or written: alert on it", [],
            node => [M(node.Store.Fault is null ? 0 : 1)]),
        new("meridian.loop.stalled", "{bool}", "1 when a loop of the node stands still: alert on it", ["loop"],
            node => node.Loops.Select(l => M(l.Stalled is null ? 0 : 1, ("loop", l.Name)))),
        new("meridian.files.fault", "{bool}",
            "1 when the newest version of these files cannot be used and the one before is in force: alert on it",
            ["files"], node => node.Files.Select(f => M(f.Fault is null ? 0 : 1, ("files", f.Name)))),
        .. Gateway,
        .. Tunnel,
        .. Fleet,
        .. Kubernetes,
        new("meridian.node.ready", "{bool}", "1 when answers are based on a finished round of probes", [],
            node => [M(node.NotReady is null ? 1 : 0)]),
    ];

    public static void Register(IMeterFactory meters, Node node)
    {
        var meter = meters.Create(MeterName);
        foreach (var metric in All)
        {
            if (metric.Counter)
                meter.CreateObservableCounter(metric.Name, () => Sum(metric.Read(node)), metric.Unit,
                    metric.Description);
            else
                meter.CreateObservableGauge(metric.Name, () => metric.Read(node), metric.Unit, metric.Description);
        }
    }

    private static IEnumerable<Measurement<double>> ByTransport(Node node, Func<DnsCounters, long> count) =>
        node.Dns.Counters.Select(c => M(count(c), ("transport", NameOf(c.Transport))));

    private static string NameOf(Transport transport) => transport.ToString().ToLowerInvariant();

    // Each socket loop counts for itself; a scrape wants one value for each set of labels.
    private static IEnumerable<Measurement<double>> Sum(IEnumerable<Measurement<double>> measurements) =>
        measurements.GroupBy(m => string.Join('|', m.Tags.ToArray().Select(t => $"{t.Key}={t.Value}")))
            .Select(g => new Measurement<double>(g.Sum(m => m.Value), g.First().Tags));

    // Of what nobody has looked at yet nothing is told, so that no alert begins with the node.
    private static IEnumerable<Measurement<double>> Pools(Node node, Func<PoolPlan, long> value) =>
        node.State.Table.Endpoints.SelectMany(e => e.AllPools
            .Where(p => p.State != PoolState.Unknown || node.HasLooked).Select(p =>
            M(value(p), ("endpoint", e.Endpoint.Name), ("pool", p.Shape.Pool.Name))));

    private static Measurement<double> M(double value, params ReadOnlySpan<(string Key, string Value)> tags)
    {
        var list = new KeyValuePair<string, object?>[tags.Length];
        for (var i = 0; i < tags.Length; i++)
            list[i] = new(tags[i].Key, tags[i].Value);
        return new Measurement<double>(value, list);
    }
}
