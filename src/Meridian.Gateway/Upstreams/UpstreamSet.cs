using System.Collections.Concurrent;

namespace Meridian.Gateway.Upstreams;

/// <summary>The upstreams that any route names, each once.</summary>
internal sealed class UpstreamSet(TunnelDial? tunnels, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<UpstreamKey, Upstream> _upstreams = [];

    public IEnumerable<Upstream> All => _upstreams.Values;

    public Upstream Get(UpstreamKey key) =>
        _upstreams.GetOrAdd(key, k => new Upstream(k, new UpstreamDialer(k, tunnels), time));

    /// <summary>Lets go of those that no route names any more; requests that are under way end as they would.</summary>
    public void Keep(IReadOnlySet<UpstreamKey> wanted)
    {
        foreach (var key in _upstreams.Keys.Where(k => !wanted.Contains(k)))
        {
            if (_upstreams.TryRemove(key, out var gone))
                gone.Dispose();
        }
    }

    public void Dispose() => Keep(new HashSet<UpstreamKey>());
}
