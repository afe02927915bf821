namespace Meridian.Management;

/// <summary>How long a call of the API waits for the disk.</summary>
internal static class StoreLimit
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(2);

    /// <summary>Waits for a write of the state store, so that a hanging disk holds no call for long.</summary>
    /// <returns>Why it is not on disk, or null when it is.</returns>
    public static async Task<string?> WithinLimitAsync(this Task<string?> stored, TimeProvider time)
    {
        try
        {
            return await stored.WaitAsync(Limit, time);
        }
        catch (TimeoutException)
        {
            return $"the disk has not answered within {Limit.TotalSeconds:0} s";
        }
    }
}
