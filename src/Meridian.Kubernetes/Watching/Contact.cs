namespace Meridian.Kubernetes.Watching;

/// <summary>Whether a watcher hears its API server. What it knows stays true as of <see cref="HeardAt"/>.</summary>
/// <param name="HeardAt">When the server last said anything; null for never.</param>
/// <param name="Fault">Why it is not heard now; null while it is.</param>
public sealed record Contact(DateTimeOffset? HeardAt, string? Fault)
{
    /// <summary>The fault of a server that has not been asked yet.</summary>
    public const string NotAsked = "not asked yet";
}
