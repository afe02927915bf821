using System.Diagnostics;

namespace Meridian.Testing;

/// <summary>Waits until something holds that another thread or process brings about.</summary>
public static class Wait
{
    /// <summary>Time between two looks at a condition.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    /// <param name="condition">What is to hold; asked again and again.</param>
    /// <param name="seen">Describes the present state for the message of a time-out.</param>
    /// <param name="seconds">The limit, before <see cref="TestTime.Slowness"/>.</param>
    /// <exception cref="TimeoutException">The condition did not hold within the limit.</exception>
    public static Task UntilAsync(Func<Task<bool>> condition, Func<string> seen, double seconds = 20) =>
        UntilAsync(condition, seen, seconds, Pause);

    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, Func{string}, double)"/>
    public static Task UntilAsync(Func<bool> condition, Func<string> seen, double seconds = 20) =>
        UntilAsync(() => Task.FromResult(condition()), seen, seconds, Pause);

    /// <summary>Waits for a thread of this process without a pause; a condition may move a virtual clock on.</summary>
    /// <inheritdoc cref="UntilAsync(Func{Task{bool}}, Func{string}, double)"/>
    public static Task SpinUntilAsync(Func<bool> condition, Func<string> seen, double seconds = 20) =>
        UntilAsync(() => Task.FromResult(condition()), seen, seconds, TimeSpan.Zero);

    /// <summary>
    /// Waits while virtual time passes: before each further look at the condition, the clock is moved on. A step of
    /// <see cref="Pause"/> keeps virtual time no faster than real time.
    /// </summary>
    /// <param name="passTime">Moves the virtual clock on by a step.</param>
    /// <param name="condition">What is to hold.</param>
    /// <param name="seen">Describes the present state for the message of a time-out.</param>
    /// <param name="seconds">The limit in real time, before <see cref="TestTime.Slowness"/>.</param>
    /// <exception cref="TimeoutException">The condition did not hold within the limit.</exception>
    public static Task PassUntilAsync(Action passTime, Func<bool> condition, Func<string> seen, double seconds = 20) =>
        UntilAsync(() =>
        {
            if (condition())
                return true;
            passTime();
            return false;
        }, seen, seconds);

    private static async Task UntilAsync(Func<Task<bool>> condition, Func<string> seen, double seconds, TimeSpan pause)
    {
        var limit = TestTime.Limit(seconds);
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started) > limit)
                throw new TimeoutException($"not so after {limit.TotalSeconds} s: {seen()}");
            if (pause > TimeSpan.Zero)
                await Task.Delay(pause);
            else
                await Task.Yield();
        }
    }
}
