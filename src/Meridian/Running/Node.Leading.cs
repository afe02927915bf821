using Meridian.Kubernetes;
using Meridian.Operator.Discovering;
using Meridian.Operator.Exporting;
using Meridian.Operator.Status;

namespace Meridian.Running;

/// <summary>What a node writes into clusters while it leads.</summary>
internal sealed partial class Node
{
    private StatusWriter WriterOf(ClusterClient home, KubernetesOptions options, Action<string> log)
    {
        var installation = new Installation(home, options.Namespace);
        var exporter = new ServiceExporter(installation, () => (State.Resources, State.Table), ClientOf, _time, log);
        var delegations = new DelegationWriter(home, installation, () => DelegatedZones.Of(State.Resources), _time,
            log);
        var events = new ContributionEvents(() => Expansion.FaultsOf(Discovery, State.RefusedContributions), ClientOf,
            Name, _time);
        return new StatusWriter(home, options.Namespace, Name,
            () => ReadStatus() with { Exports = exporter.Report, Delegations = delegations.Faults },
            token => Task.WhenAll(exporter.RunAsync(token), delegations.RunAsync(token), events.RunAsync(token)),
            _time, log);
    }
}
