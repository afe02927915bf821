namespace Meridian.Fleet.Updates;

/// <summary>Which node took the last dynamic update of a zone, and when: for people alone.</summary>
internal sealed record UpdateMark(string Node, DateTimeOffset At);
