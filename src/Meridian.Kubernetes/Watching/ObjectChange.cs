namespace Meridian.Kubernetes.Watching;

/// <summary>
/// A difference of one object: <see cref="Before"/> is null for a new one, <see cref="After"/> for a deleted one.
/// </summary>
public readonly record struct ObjectChange<T>(ObjectKey Key, T? Before, T? After) where T : class;
