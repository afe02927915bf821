using System.Globalization;

namespace Meridian.Testing;

/// <summary>
/// The one place that says how long a test waits for something that should come. Every limit is multiplied by
/// <c>MERIDIAN_TEST_SLOWNESS</c> (1 where it is not set), so that a machine that is ten times slower runs the suite
/// with <c>MERIDIAN_TEST_SLOWNESS=10</c>. Limits alone scale: intervals of a configuration and virtual time do not.
/// </summary>
public static class TestTime
{
    /// <summary>How many times slower this machine is than the one that the limits were chosen on; 1 or more.</summary>
    public static double Slowness { get; } = Read(Environment.GetEnvironmentVariable("MERIDIAN_TEST_SLOWNESS"));

    /// <summary>A limit for something that takes far less than this many seconds on a usual machine.</summary>
    public static TimeSpan Limit(double seconds) => TimeSpan.FromSeconds(seconds * Slowness);

    /// <summary>A token that is cancelled after <see cref="Limit"/>.</summary>
    public static CancellationToken Token(double seconds) => new CancellationTokenSource(Limit(seconds)).Token;

    /// <summary>Waits for a task, but not longer than <see cref="Limit"/>.</summary>
    /// <exception cref="TimeoutException">The task has not ended in time.</exception>
    public static Task WithinAsync(this Task task, double seconds) => task.WaitAsync(Limit(seconds));

    /// <inheritdoc cref="WithinAsync(Task, double)"/>
    public static Task<T> WithinAsync<T>(this Task<T> task, double seconds) => task.WaitAsync(Limit(seconds));

    private static double Read(string? text) =>
        double.TryParse(text, CultureInfo.InvariantCulture, out var slowness) && slowness >= 1 ? slowness : 1;
}
