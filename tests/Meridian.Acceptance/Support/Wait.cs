using System.Diagnostics;

namespace Meridian.Acceptance.Support;

internal static class Wait
{
    /// <summary>Waits until something holds; what was seen is told when it does not come.</summary>
    public static async Task UntilAsync(Func<Task<bool>> condition, Func<string> seen, double seconds = 20)
    {
        var started = Stopwatch.GetTimestamp();
        while (!await condition())
        {
            if (Stopwatch.GetElapsedTime(started).TotalSeconds > seconds)
                Assert.Fail($"not so after {seconds} s: {seen()}");
            await Task.Delay(20);
        }
    }

    public static Task UntilAsync(Func<bool> condition, Func<string> seen, double seconds = 20) =>
        UntilAsync(() => Task.FromResult(condition()), seen, seconds);
}
