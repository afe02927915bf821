namespace Meridian.Running.Control;

/// <summary>A change that waits for its turn, and for whom it is answered.</summary>
internal sealed class PendingChange(Change change)
{
    private readonly TaskCompletionSource<ChangeRefusal?> _answer =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Change Change { get; } = change;

    /// <summary>Whether it must be prepared by itself, because a batch with it in it was refused.</summary>
    public bool IsAlone { get; set; }

    /// <summary>Null when the change is in force, else why it is not. Never faults, and always ends.</summary>
    public Task<ChangeRefusal?> Answer => _answer.Task;

    public void Accept() => _answer.TrySetResult(null);

    public void Refuse(ChangeRefusal refusal) => _answer.TrySetResult(refusal);
}
