namespace Meridian.State.Sqlite;

/// <summary>The tables. Times are milliseconds since 1970, but for enrolments, which count seconds.</summary>
internal static class StateSchema
{
    public const string Sql = """
        PRAGMA journal_mode = WAL;
        CREATE TABLE IF NOT EXISTS store (only INTEGER PRIMARY KEY CHECK (only = 1), id TEXT NOT NULL);
        INSERT OR IGNORE INTO store VALUES (1, lower(hex(randomblob(16))));
        CREATE TABLE IF NOT EXISTS overrides (
            target TEXT PRIMARY KEY, state TEXT NOT NULL, author TEXT NOT NULL, reason TEXT NOT NULL,
            created INTEGER NOT NULL, expires INTEGER);
        CREATE TABLE IF NOT EXISTS verdicts (
            check_name TEXT NOT NULL, target TEXT NOT NULL, port INTEGER NOT NULL, host TEXT NOT NULL,
            state TEXT NOT NULL, since INTEGER NOT NULL, reason TEXT NOT NULL,
            PRIMARY KEY (check_name, target, port, host));
        CREATE TABLE IF NOT EXISTS zones (origin TEXT PRIMARY KEY, checked INTEGER NOT NULL, records BLOB NOT NULL);
        CREATE TABLE IF NOT EXISTS serials (origin TEXT PRIMARY KEY, serial INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS record_sets (
            zone TEXT NOT NULL, owner TEXT NOT NULL, type INTEGER NOT NULL, records BLOB NOT NULL,
            PRIMARY KEY (zone, owner, type));
        CREATE TABLE IF NOT EXISTS record_owners (id TEXT PRIMARY KEY, owner TEXT NOT NULL);
        CREATE TABLE IF NOT EXISTS enrollments (
            digest TEXT PRIMARY KEY, agent TEXT NOT NULL, expires INTEGER NOT NULL);
        CREATE TABLE IF NOT EXISTS events (
            id INTEGER PRIMARY KEY, at INTEGER NOT NULL, kind TEXT NOT NULL, subject TEXT NOT NULL,
            message TEXT NOT NULL, details TEXT);
        """;

    /// <summary>Columns that a database of an earlier version lacks, with what adds each.</summary>
    public static (string Table, string Column, string Sql)[] Added { get; } =
        [("events", "details", "ALTER TABLE events ADD COLUMN details TEXT")];
}
