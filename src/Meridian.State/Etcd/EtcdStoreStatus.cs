using System.Collections.Immutable;

namespace Meridian.State.Etcd;

/// <summary>How an etcd cluster is, as each of its members says.</summary>
/// <param name="Members">One for each endpoint, in the order of the options.</param>
public sealed record EtcdStoreStatus(ImmutableArray<EtcdMemberStatus> Members)
{
    /// <summary>
    /// Whether a majority of the endpoints answers, all of one cluster that has a leader, and none complains.
    /// </summary>
    public bool IsSound => Members.Count(m => m.IsReached) * 2 > Members.Length
        && Members.Where(m => m.IsReached).Select(m => m.Cluster).Distinct().Count() == 1
        && Members.Any(m => m.HasLeader) && Members.All(m => !m.IsReached || m.Trouble is null);
}
