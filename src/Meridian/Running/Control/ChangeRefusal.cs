namespace Meridian.Running.Control;

/// <summary>Why a change is not in force.</summary>
/// <param name="Reason">For the person or client that asked for it.</param>
/// <param name="IsNotStored">Whether the change itself is acceptable, and the store cannot keep it.</param>
internal sealed record ChangeRefusal(string Reason, bool IsNotStored = false);
