using System.Text;

namespace Meridian.State.Shared;

/// <summary>What every shared store takes, so that a write that one driver takes is not refused by another.</summary>
public static class SharedLimits
{
    /// <summary>Longest key, in octets of UTF-8.</summary>
    public const int MaxKeyBytes = 1024;

    /// <summary>
    /// Longest value, and most of all values and keys of one transaction, in octets of UTF-8: etcd takes requests of
    /// 1.5 MiB.
    /// </summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Says what is wrong with a transaction that no store takes; null where nothing is.</summary>
    public static string? FaultOf(SharedTransaction transaction)
    {
        if (transaction.Writes.Length > SharedTransaction.MaxWrites)
            return $"{transaction.Writes.Length} writes in one transaction; {SharedTransaction.MaxWrites} are the most";
        if (transaction.Conditions.Length > SharedTransaction.MaxWrites)
            return $"{transaction.Conditions.Length} conditions in one transaction; "
                + $"{SharedTransaction.MaxWrites} are the most";
        long size = 0;
        var keys = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (key, value, _) in transaction.Writes)
        {
            if (FaultOfKey(key) is { } fault)
                return fault;
            if (!keys.Add(key))
                return $"the key {key} is written twice in one transaction";
            size += Encoding.UTF8.GetByteCount(key) + (value is null ? 0 : Encoding.UTF8.GetByteCount(value));
        }

        foreach (var (key, _) in transaction.Conditions)
        {
            if (FaultOfKey(key) is { } fault)
                return fault;
            size += Encoding.UTF8.GetByteCount(key);
        }

        return size > MaxBytes ? $"a transaction of {size} octets; {MaxBytes} are the most" : null;
    }

    private static string? FaultOfKey(string key) =>
        key.Length == 0 ? "a key is empty"
        : Encoding.UTF8.GetByteCount(key) > MaxKeyBytes ? $"a key is longer than {MaxKeyBytes} octets"
        : null;
}
