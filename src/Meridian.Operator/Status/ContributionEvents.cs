using Meridian.Kubernetes;
using Meridian.Kubernetes.Writing;
using Meridian.Model.Resources;
using Meridian.Operator.Discovering;

namespace Meridian.Operator.Status;

/// <summary>
/// Tells the people of a cluster, by events on their own objects, why what an annotation asks for is not done. Runs on
/// the node that leads.
/// </summary>
/// <param name="faults">What is wrong now, by object.</param>
/// <param name="clientOf">The API of a cluster; null where it is not watched.</param>
/// <param name="node">Name of this node.</param>
/// <param name="time">The clock.</param>
public sealed class ContributionEvents(Func<IReadOnlyDictionary<DiscoveredObject, string>> faults,
    Func<string, ClusterClient?> clientOf, string node, TimeProvider time)
{
    private static readonly TimeSpan CompareInterval = TimeSpan.FromSeconds(1);

    /// <summary>Runs until it is cancelled.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        var recorders = new Dictionary<string, (ClusterClient Client, EventRecorder Recorder)>();
        var told = new Dictionary<ClusterReference, string>();
        using var timer = new PeriodicTimer(CompareInterval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                var now = faults();
                foreach (var (one, fault) in now)
                {
                    if (told.GetValueOrDefault(one.Reference) == fault
                        || clientOf(one.Reference.Cluster) is not { } client)
                        continue;
                    told[one.Reference] = fault;
                    (await RecorderOfAsync(recorders, one.Reference.Cluster, client)).Record(
                        ClusterWatcher.ResourceOf(one.Reference.Kind), ObjectKey.Parse(one.Reference.Name), one.Uid,
                        warning: true, "NotUsed", "Join", fault);
                }

                foreach (var gone in told.Keys.Except(now.Keys.Select(o => o.Reference)).ToArray())
                    told.Remove(gone);
            }
        }
        finally
        {
            foreach (var (_, recorder) in recorders.Values)
                await recorder.DisposeAsync();
        }
    }

    private async Task<EventRecorder> RecorderOfAsync(
        Dictionary<string, (ClusterClient Client, EventRecorder Recorder)> recorders, string cluster,
        ClusterClient client)
    {
        if (recorders.TryGetValue(cluster, out var known))
        {
            if (ReferenceEquals(known.Client, client))
                return known.Recorder;
            await known.Recorder.DisposeAsync(); // the cluster is reached in another way by now
        }

        var recorder = new EventRecorder(client, "meridian.dev/node", node, time);
        recorders[cluster] = (client, recorder);
        return recorder;
    }
}
