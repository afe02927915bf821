namespace Meridian.Kubernetes.Watching;

/// <summary>How an informer lists and watches.</summary>
public sealed record InformerOptions
{
    /// <summary>The namespace that is watched; null for all.</summary>
    public string? Namespace { get; init; }

    /// <summary>Only objects with these labels, such as <c>app=web,tier!=test</c>.</summary>
    public string? LabelSelector { get; init; }

    /// <summary>Only objects with these fields, such as <c>metadata.name=hk</c>.</summary>
    public string? FieldSelector { get; init; }

    /// <summary>Objects in a page of a list.</summary>
    public int PageSize { get; init; } = 500;

    /// <summary>Silence after which a watch counts as dead; servers send a bookmark about once a minute.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(3);

    /// <summary>First wait after a failure; doubles up to <see cref="MaxBackoff"/>, with full jitter.</summary>
    public TimeSpan MinBackoff { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>
    /// Longest wait after a failure: a server that was away is watched again within this time. Few informers ask one
    /// server, so that this costs it little.
    /// </summary>
    public TimeSpan MaxBackoff { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Longest wait where the server has or shows no such kind, or asks for a wait with <c>Retry-After</c>.
    /// </summary>
    public TimeSpan MaxAbsence { get; init; } = TimeSpan.FromSeconds(20);
}
