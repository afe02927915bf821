namespace Meridian.Kubernetes.Watching;

public enum WatchEventType
{
    Added,
    Modified,
    Deleted,

    /// <summary>No change: names the version up to which all changes have been sent.</summary>
    Bookmark,
    Error,
}
