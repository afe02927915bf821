using System.Collections.Immutable;

namespace Meridian.State.Etcd;

/// <summary>The members of etcd that a node knows, and the order in which they are asked.</summary>
internal sealed class EtcdChannels : IDisposable
{
    private int _preferred;

    /// <param name="options">The members.</param>
    /// <param name="time">The clock.</param>
    /// <param name="chance">Picks the first member, so that nodes do not all use the same one.</param>
    public EtcdChannels(EtcdOptions options, TimeProvider time, Random chance)
    {
        var tls = options.IsTls ? new EtcdTls(options) : null;
        All = [.. options.Endpoints.Select(e => new EtcdEndpoint(e, tls, time))];
        _preferred = chance.Next(All.Length);
    }

    public ImmutableArray<EtcdEndpoint> All { get; }

    /// <summary>The member that the watch is at; it is asked first.</summary>
    public EtcdEndpoint Preferred => All[Volatile.Read(ref _preferred)];

    /// <summary>Every member once, the preferred one first.</summary>
    public IEnumerable<EtcdEndpoint> InOrder()
    {
        var first = Volatile.Read(ref _preferred);
        for (var i = 0; i < All.Length; i++)
            yield return All[(first + i) % All.Length];
    }

    /// <summary>Prefers the member after one that failed.</summary>
    public void PassOver(EtcdEndpoint failed) => Volatile.Write(ref _preferred, (All.IndexOf(failed) + 1) % All.Length);

    public void Dispose()
    {
        foreach (var endpoint in All)
            endpoint.Dispose();
    }
}
