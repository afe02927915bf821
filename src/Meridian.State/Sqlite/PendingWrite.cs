namespace Meridian.State.Sqlite;

/// <summary>Statements that wait to be written together.</summary>
/// <param name="statements">The statements; none for a flush.</param>
/// <param name="isAwaited">Whether somebody waits for the end.</param>
internal sealed class PendingWrite(Statement[] statements, bool isAwaited)
{
    private readonly TaskCompletionSource<string?>? _done =
        isAwaited ? new TaskCompletionSource<string?>(TaskCreationOptions.RunContinuationsAsynchronously) : null;

    private int _isTaken;

    public Statement[] Statements => statements;

    public bool IsAwaited => _done is not null;

    /// <summary>Ends with null when they are on disk, else with the reason. Only where somebody waits.</summary>
    public Task<string?> Done => _done!.Task;

    /// <summary>Takes it to be written, or so that it never is: whoever comes first.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;

    public void End(string? fault) => _done?.TrySetResult(fault);
}
