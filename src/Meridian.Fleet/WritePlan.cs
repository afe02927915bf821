using System.Collections.Immutable;
using System.Text;
using Meridian.State.Shared;

namespace Meridian.Fleet;

/// <summary>
/// Writes as transactions that a store takes: one for as many as fit, in their order. The last write is in the last
/// transaction, so that it can say that all others are done. Pure.
/// </summary>
internal static class WritePlan
{
    /// <summary>Octets of one transaction: well below what a store takes, as one value alone may be larger.</summary>
    private const int MaxBytes = SharedLimits.MaxBytes / 2;

    /// <summary>What is kept free of keys and conditions in a transaction of one large value.</summary>
    private const int Margin = 16 * 1024;

    // One place is left for the condition of the whole plan.
    private const int MaxWrites = SharedTransaction.MaxWrites - 1;

    /// <summary>Makes transactions of writes.</summary>
    /// <param name="writes">The writes, each on the condition that its key is as it was read.</param>
    /// <param name="condition">What must be so for each transaction besides; null for nothing more.</param>
    /// <param name="fault">The value that no transaction takes; null where there is none.</param>
    public static ImmutableArray<SharedTransaction> Of(IEnumerable<CheckedWrite> writes, SharedCondition? condition,
        out string? fault)
    {
        fault = null;
        var plan = ImmutableArray.CreateBuilder<SharedTransaction>();
        var part = new List<CheckedWrite>();
        long size = 0;
        foreach (var write in writes)
        {
            long next = Encoding.UTF8.GetByteCount(write.Key) * 2
                + (write.Value is null ? 0 : Encoding.UTF8.GetByteCount(write.Value));
            if (next > SharedLimits.MaxBytes - Margin)
                fault ??= $"{write.Key} would have {next} octets; {SharedLimits.MaxBytes - Margin} are the most";
            if (part.Count == MaxWrites || (part.Count > 0 && size + next > MaxBytes))
            {
                plan.Add(Transaction(part, condition));
                (part, size) = ([], 0);
            }

            part.Add(write);
            size += next;
        }

        if (part.Count > 0)
            plan.Add(Transaction(part, condition));
        return plan.ToImmutable();
    }

    private static SharedTransaction Transaction(List<CheckedWrite> part, SharedCondition? condition)
    {
        var conditions = part.Select(w => new SharedCondition(w.Key, w.Modified));
        if (condition is { } one && part.All(w => w.Key != one.Key))
            conditions = conditions.Append(one);
        return new SharedTransaction([.. part.Select(w => new SharedWrite(w.Key, w.Value))])
        {
            Conditions = [.. conditions],
        };
    }
}
