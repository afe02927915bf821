namespace Meridian.State.Sqlite;

/// <summary>Statements that wait to be written together.</summary>
/// <param name="Statements">The statements; none for a flush.</param>
/// <param name="Done">Completes with null when they are on disk, else with the reason; null where nobody waits.</param>
internal sealed record PendingWrite(Statement[] Statements, TaskCompletionSource<string?>? Done);
