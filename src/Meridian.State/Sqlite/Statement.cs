namespace Meridian.State.Sqlite;

/// <summary>SQL that changes something, and its parameters. SQL itself is never made of values.</summary>
internal sealed record Statement(string Sql, params (string Name, object? Value)[] Parameters);
