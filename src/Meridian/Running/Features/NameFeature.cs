using Meridian.Addresses;
using Meridian.NameServer.Flattening;
using Meridian.Running.Control;

namespace Meridian.Running.Features;

/// <summary>Resolves the host names of pools with <c>flatten</c>.</summary>
internal sealed class NameFeature(HostResolver resolver) : IFeature
{
    public string Name => "names";

    /// <summary>What follows from a name that has other addresses now: the endpoints are compiled with them.</summary>
    public static Change Resolved { get; } = new("resolved names", inputs => inputs);

    public void Commit(NodeState before, NodeState now)
    {
        if (ReferenceEquals(before.Resources, now.Resources))
            return;
        resolver.Update(now.Resources.Pools.Values.Where(p => p.Flatten).SelectMany(p => p.Addresses)
            .Where(a => a.Enabled && a.Tunnel is null && !IpText.TryParse(a.Value, out _))
            .Select(a => a.Value.TrimEnd('.').ToLowerInvariant()).ToHashSet());
    }
}
