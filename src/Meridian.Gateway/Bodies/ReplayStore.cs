namespace Meridian.Gateway.Bodies;

/// <summary>Limits what all requests together keep of their bodies.</summary>
/// <param name="memoryLimit">Octets in memory.</param>
/// <param name="diskLimit">Octets in files.</param>
internal sealed class ReplayStore(long memoryLimit, long diskLimit)
{
    private long _memory;
    private long _disk;

    public long Memory => Volatile.Read(ref _memory);

    public long Disk => Volatile.Read(ref _disk);

    public bool TryTakeMemory(long octets) => TryTake(ref _memory, memoryLimit, octets);

    public bool TryTakeDisk(long octets) => TryTake(ref _disk, diskLimit, octets);

    public void Give(long memory, long disk)
    {
        Interlocked.Add(ref _memory, -memory);
        Interlocked.Add(ref _disk, -disk);
    }

    private static bool TryTake(ref long used, long limit, long octets)
    {
        if (Interlocked.Add(ref used, octets) <= limit)
            return true;
        Interlocked.Add(ref used, -octets);
        return false;
    }
}
