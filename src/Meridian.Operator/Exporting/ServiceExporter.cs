using Meridian.Kubernetes;
using Meridian.Model;
using Meridian.Steering;

namespace Meridian.Operator.Exporting;

/// <summary>
/// Keeps the Services and slices of exported services in their clusters as they should be, and removes those that are
/// no longer exported. Runs on the node that leads; a cluster that was unreachable is brought up to date afterwards.
/// </summary>
public sealed class ServiceExporter
{
    private static readonly TimeSpan CompareInterval = TimeSpan.FromMilliseconds(250);

    private readonly Installation _installation;
    private readonly Func<(ResourceSet Resources, SteeringTable Table)> _state;
    private readonly Func<string, ClusterClient?> _clientOf;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private volatile ExportReport _report = ExportReport.None;

    /// <param name="installation">The installation that owns what is written.</param>
    /// <param name="state">Reads the configuration and the steering table.</param>
    /// <param name="clientOf">The API of a cluster; the empty name is the one that holds the resources.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Receives messages for people.</param>
    public ServiceExporter(Installation installation, Func<(ResourceSet, SteeringTable)> state,
        Func<string, ClusterClient?> clientOf, TimeProvider time, Action<string> log) =>
        (_installation, _state, _clientOf, _time, _log) = (installation, state, clientOf, time, log);

    /// <summary>What is exported, as far as this node has looked; another one with every change.</summary>
    public ExportReport Report => _report;

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        // Side by side: a cluster that does not answer holds up no other.
        var exports = new Dictionary<string, (ClusterExports Exports, Task Running)>();
        using var timer = new PeriodicTimer(CompareInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var (resources, table) = _state();
                var clusters = resources.Clusters.Keys
                    .Concat(resources.ExportedServices.Values.SelectMany(e => e.Clusters)).Append("").ToHashSet();
                foreach (var cluster in clusters)
                {
                    if (!exports.TryGetValue(cluster, out var one))
                    {
                        one = (new ClusterExports(cluster.Length == 0 ? "the cluster that holds the resources"
                            : $"cluster {cluster}", _time, _log), Task.CompletedTask);
                    }

                    if (one.Running.IsCompleted)
                        exports[cluster] = (one.Exports, one.Exports.ReconcileAsync(_clientOf(cluster), _installation,
                            PlansFor(cluster, resources, table), cancellationToken));
                }

                foreach (var gone in exports.Keys.Except(clusters).Where(c => exports[c].Running.IsCompleted).ToArray())
                    exports.Remove(gone);
                _report = _report.With(exports.Select(e => (e.Key, e.Value.Exports.Faults)));
            }
        }
        finally
        {
            await Task.WhenAll(exports.Values.Select(e => e.Running));
        }
    }

    // What a cluster should have, in an order that does not change; the cluster of the resources has the empty name.
    private static ExportPlan[] PlansFor(string cluster, ResourceSet resources, SteeringTable table) =>
        [
            .. from export in resources.ExportedServices.Values.OrderBy(e => e.Name, StringComparer.Ordinal)
               where export.Clusters.IsEmpty ? cluster.Length == 0 : export.Clusters.Contains(cluster)
               let endpoint = table.Endpoints.FirstOrDefault(p => p.Endpoint.Name == export.Endpoint)
               where endpoint is not null
               select ExportPlan.Of(export, endpoint),
        ];
}
