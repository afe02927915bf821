using System.Collections.Concurrent;

namespace Meridian.Gateway.Upstreams;

/// <summary>The upstreams that any route names, each once.</summary>
internal sealed class UpstreamSet(TunnelDial? tunnels, TimeProvider time) : IDisposable
{
    private readonly ConcurrentDictionary<UpstreamKey, Upstream> _upstreams = [];

    public IEnumerable<Upstream> All => _upstreams.Values;

    public Upstream Get(UpstreamKey key) =>
        _upstreams.GetOrAdd(key, k => new Upstream(k, new UpstreamDialer(k, tunnels), time));

    /// <summary>Removes the upstreams that no route names any more; requests under way go on to their end.</summary>
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
