namespace Meridian.State.Etcd;

/// <summary>Whether what is known follows the store, from the last sign of life of the watch.</summary>
internal sealed class EtcdContact(TimeProvider time)
{
    /// <summary>A watch that answers nothing for so long is given up, and the store counts as away.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(5);

    private long _progress;
    private volatile bool _isFollowed;
    private volatile string? _trouble = "etcd has not answered yet";

    public bool IsAttached => _isFollowed && Left > TimeSpan.Zero;

    /// <summary>Why the store is away, or would be if it stayed like this; null while the watch goes well.</summary>
    public string? Trouble => _trouble;

    /// <summary>When <see cref="IsAttached"/> ends if nothing is heard; infinite where it has.</summary>
    public TimeSpan Due => IsAttached ? Left : Timeout.InfiniteTimeSpan;

    private TimeSpan Left => Silence - time.GetElapsedTime(Volatile.Read(ref _progress));

    /// <summary>Notes that the watch has answered; true where the store was away before.</summary>
    public bool Progress()
    {
        var wasAway = !IsAttached;
        Volatile.Write(ref _progress, time.GetTimestamp());
        _isFollowed = true;
        _trouble = null;
        return wasAway;
    }

    /// <summary>Notes why the watch ended.</summary>
    public void Fail(string trouble) => _trouble = trouble;
}
