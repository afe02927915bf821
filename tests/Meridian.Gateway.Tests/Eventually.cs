namespace Meridian.Gateway.Tests;

/// <summary>Waits for what another thread is about to bring about.</summary>
internal static class Eventually
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(30);

    /// <summary>Waits until a condition holds; fails the test after 30 s.</summary>
    /// <param name="condition">The condition.</param>
    /// <param name="state">What the test tells of the state when it fails.</param>
    public static async Task HoldsAsync(Func<bool> condition, Func<string>? state = null)
    {
        var begun = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(begun) < Limit,
                $"the condition did not hold within 30 s{(state is null ? "" : $": {state()}")}");
            await Task.Delay(5);
        }
    }
}
