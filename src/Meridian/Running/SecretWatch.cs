using System.Collections.Immutable;
using Meridian.Model;

namespace Meridian.Running;

/// <summary>Warns once of each secret that everybody can read, also of those that a reload brings.</summary>
internal sealed class SecretWatch(NodeOptions options, Func<ResourceSet> resources, Action<string> warn)
{
    private ResourceSet? _seen;
    private ImmutableHashSet<string> _told = [];

    /// <summary>Looks where the resources have changed. Called by the file watcher alone.</summary>
    public string? Check()
    {
        var now = resources();
        if (ReferenceEquals(now, _seen))
            return null;
        _seen = now;
        var open = OpenSecrets.Of(options, now).ToImmutableHashSet();
        foreach (var warning in open.Except(_told).Order(StringComparer.Ordinal))
            warn(warning);
        _told = open;
        return null;
    }
}
