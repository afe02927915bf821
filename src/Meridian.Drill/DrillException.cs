namespace Meridian.Drill;

/// <summary>A check failed before there was an answer; the message is for people.</summary>
public sealed class DrillException(string message) : Exception(message);
