namespace Meridian.Tests.Running.Control;

/// <summary>Where another thread waits until the test lets it through.</summary>
internal sealed class Gate : IDisposable
{
    private readonly ManualResetEventSlim _reached = new();
    private readonly ManualResetEventSlim _open = new();
    private volatile bool _isPassed;

    /// <summary>Whether somebody has come through.</summary>
    public bool IsPassed => _isPassed;

    /// <summary>Waits until the test opens it. Called by the other thread.</summary>
    public void Pass()
    {
        _reached.Set();
        _open.Wait(World.Limit);
        _isPassed = true;
    }

    /// <summary>Returns when the other thread waits.</summary>
    public void WaitUntilReached() => Assert.True(_reached.Wait(World.Limit));

    public void Open() => _open.Set();

    public void Dispose()
    {
        _reached.Dispose();
        _open.Dispose();
    }
}
