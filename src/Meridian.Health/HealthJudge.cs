using System.Globalization;
using Meridian.Model.Resources;
using Meridian.Model.Values;
using Meridian.Model.Verdicts;

namespace Meridian.Health;

/// <summary>
/// Turns probe results into a verdict. Pure. The first result is the truth; after that failures add up until
/// <c>unhealthyThreshold</c> turns the verdict or <c>healthyThreshold</c> successes in a row clear them. gdnsd counts
/// in the same way, so that an address that fails every other time is found out.
/// </summary>
public static class HealthJudge
{
    /// <summary>The record after one more result.</summary>
    public static HealthRecord Next(HealthRecord record, HealthCheck check, ProbeResult result)
    {
        var next = Count(record, check, result);
        var agrees = record.Verdict.State == (result.Ok ? VerdictState.Up : VerdictState.Down);
        if (agrees || !Decides(next, check, result))
            next = Stay(next, check, result);
        else
            next = result.Ok ? Rise(next, check, result) : Fall(next, check, result);
        return next with { Verdict = next.Verdict with { TtlLimit = result.TtlLimit } };
    }

    private static HealthRecord Count(HealthRecord record, HealthCheck check, ProbeResult result)
    {
        var successes = result.Ok ? record.Successes + 1 : 0;
        var cleared = result.Decisive || successes >= check.HealthyThreshold;
        return record with
        {
            Recent = [result, .. record.Recent.Take(HealthRecord.RecentCount - 1)],
            Successes = successes,
            Failures = cleared ? 0 : result.Ok ? record.Failures : record.Failures + 1,
            Flaps = record.Flaps.RemoveAll(t => result.At - t >= check.Damping.Window),
        };
    }

    // The first result and another program's verdict need no confirmation.
    private static bool Decides(HealthRecord counted, HealthCheck check, ProbeResult result) =>
        IsFirst(counted) || result.Decisive
        || (result.Ok ? counted.Successes >= check.HealthyThreshold : counted.Failures >= check.UnhealthyThreshold);

    private static HealthRecord Stay(HealthRecord record, HealthCheck check, ProbeResult result)
    {
        var (contrary, threshold) = record.Verdict.State == VerdictState.Up
            ? (record.Failures, check.UnhealthyThreshold)
            : (record.Successes, check.HealthyThreshold);
        var suspected = contrary > 0;
        var reason = suspected ? $"{result.Reason} ({contrary} of {threshold})" : result.Reason;
        return record with
        {
            Verdict = record.Verdict with { Suspected = suspected, Remembered = false, Reason = reason },
        };
    }

    private static HealthRecord Fall(HealthRecord record, HealthCheck check, ProbeResult result)
    {
        var threshold = check.UnhealthyThreshold;
        var count = IsFirst(record) || result.Decisive
            ? ""
            : $" ({Math.Min(record.Failures, threshold)} of {threshold})";
        return record with
        {
            Verdict = new Verdict(VerdictState.Down, result.At, result.Reason + count),
            Flaps = record.Verdict.State == VerdictState.Up ? record.Flaps.Add(result.At) : record.Flaps,
        };
    }

    private static HealthRecord Rise(HealthRecord record, HealthCheck check, ProbeResult result)
    {
        var damping = check.Damping;
        var verdict = damping.MaxFlaps > 0 && record.Flaps.Length >= damping.MaxFlaps
            ? record.Verdict with { Suspected = false, Reason = DampedReason(record, damping) }
            : new Verdict(VerdictState.Up, result.At, result.Reason);
        return record with { Verdict = verdict, Failures = 0 };
    }

    private static string DampedReason(HealthRecord record, Damping damping)
    {
        var until = (record.Flaps[^damping.MaxFlaps] + damping.Window).UtcDateTime;
        var clock = until.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
        return $"damped: went down {record.Flaps.Length} times in {Durations.Format(damping.Window)}; " +
            $"up again no sooner than {clock} UTC";
    }

    // The record already includes the result that is being judged.
    private static bool IsFirst(HealthRecord counted) => counted.Recent.Length == 1;
}
