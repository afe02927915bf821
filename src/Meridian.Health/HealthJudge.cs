using System.Globalization;
using Meridian.Model.Resources;
using Meridian.Model.Values;
using Meridian.Model.Verdicts;

namespace Meridian.Health;

/// <summary>
/// From probe results to a verdict. Pure. The first result is the truth; after that failures add up until
/// <c>unhealthyThreshold</c> turns the verdict or <c>healthyThreshold</c> successes in a row clear them (as gdnsd
/// counts, so that an address that fails every other time is found out).
/// </summary>
public static class HealthJudge
{
    public static HealthRecord Next(HealthRecord record, HealthCheck check, ProbeResult result)
    {
        var next = record with
        {
            Recent = [result, .. record.Recent.Take(HealthRecord.RecentCount - 1)],
            Successes = result.Ok ? record.Successes + 1 : 0,
            Failures = result.Ok ? record.Failures : record.Failures + 1,
            Flaps = record.Flaps.RemoveAll(t => result.At - t >= check.Damping.Window),
        };
        if (result.Ok && next.Successes >= check.HealthyThreshold)
            next = next with { Failures = 0 };
        var settled = !record.Probed || result.Decisive;
        next = record.Verdict.State switch
        {
            VerdictState.Down when result.Ok && (settled || next.Successes >= check.HealthyThreshold) =>
                Rise(next, check, result),
            VerdictState.Down => Stay(next, check, result, suspected: next.Successes > 0),
            VerdictState.Up when !result.Ok && (settled || next.Failures >= check.UnhealthyThreshold) =>
            Fall(next, check, result),
            VerdictState.Up => Stay(next, check, result, suspected: next.Failures > 0),
            _ => result.Ok ? Rise(next, check, result) : Fall(next, check, result),
        };
        return next with { Verdict = next.Verdict with { TtlLimit = result.TtlLimit } };
    }

    /// <summary>When the next probe is due: at the pace of confirmation while the verdict is in doubt.</summary>
    public static TimeSpan Pace(HealthRecord record, HealthCheck check) =>
        record.Verdict.Suspected ? check.ConfirmInterval : check.Interval;

    private static HealthRecord Stay(HealthRecord record, HealthCheck check, ProbeResult result, bool suspected)
    {
        var same = record.Verdict with { Suspected = suspected, Remembered = false };
        if (!suspected)
            return record with { Verdict = same with { Reason = result.Reason } };
        return record with
        {
            Verdict = same with
            {
                Reason = same.State == VerdictState.Up
                    ? $"{result.Reason} ({record.Failures} of {check.UnhealthyThreshold})"
                    : $"{result.Reason} ({record.Successes} of {check.HealthyThreshold})",
            },
        };
    }

    private static HealthRecord Fall(HealthRecord record, HealthCheck check, ProbeResult result)
    {
        var count = record.Probed && record.Recent.Length > 1 && !result.Decisive
            ? $" ({Math.Min(record.Failures, check.UnhealthyThreshold)} of {check.UnhealthyThreshold})"
            : "";
        var wasDown = record.Verdict.State == VerdictState.Down;
        return record with
        {
            Verdict = new Verdict(VerdictState.Down, wasDown ? record.Verdict.Since : result.At, result.Reason + count),
            Flaps = record.Verdict.State == VerdictState.Up ? record.Flaps.Add(result.At) : record.Flaps,
            Successes = 0,
            Failures = 0,
        };
    }

    private static HealthRecord Rise(HealthRecord record, HealthCheck check, ProbeResult result)
    {
        var damping = check.Damping;
        if (damping.MaxFlaps > 0 && record.Flaps.Length >= damping.MaxFlaps
            && record.Verdict.State == VerdictState.Down)
        {
            var until = record.Flaps[^damping.MaxFlaps] + damping.Window;
            return record with
            {
                Verdict = record.Verdict with
                {
                    Suspected = false,
                    Remembered = false,
                    Reason = $"damped: went down {record.Flaps.Length} times in {Durations.Format(damping.Window)}; " +
                        $"up again no sooner than {until.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)} UTC",
                },
            };
        }

        var wasUp = record.Verdict.State == VerdictState.Up;
        return record with
        {
            Verdict = new Verdict(VerdictState.Up, wasUp ? record.Verdict.Since : result.At, result.Reason),
            Failures = 0,
        };
    }
}
