namespace Meridian.Kubernetes.Watching;

/// <summary>Whether a watcher reaches its API server. What it knows is as of <see cref="AnsweredAt"/>.</summary>
/// <param name="AnsweredAt">When the server last answered; null for never.</param>
/// <param name="Fault">Why the server is not reached now; null while it is.</param>
public sealed record Contact(DateTimeOffset? AnsweredAt, string? Fault)
{
    /// <summary>The fault of a server that has not been asked yet.</summary>
    public const string NotAsked = "not asked yet";
}
