namespace Meridian.Health.Tests.Support;

/// <summary>A probe that the engine has sent; it ends when the test says what it found.</summary>
public sealed class SentProbe(ProbeTarget target, DateTimeOffset at)
{
    private readonly TaskCompletionSource<ProbeResult> _result =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public ProbeTarget Target { get; } = target;

    /// <summary>When it was sent, in virtual time.</summary>
    public DateTimeOffset At { get; } = at;

    public Task<ProbeResult> Result => _result.Task;

    public void Succeed(DateTimeOffset now) =>
        _result.SetResult(new ProbeResult(now, Ok: true, "good", now - At));

    public void Fail(DateTimeOffset now, string reason = "bad") =>
        _result.SetResult(new ProbeResult(now, Ok: false, reason, now - At));

    public void Throw(Exception exception) => _result.SetException(exception);
}
