namespace Meridian.Kubernetes.Watching;

public enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>No change: says up to which version everything has been told.</summary>
    Bookmark,
    Error,
}
