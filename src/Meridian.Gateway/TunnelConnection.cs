namespace Meridian.Gateway;

/// <summary>A connection to a service behind a tunnel.</summary>
/// <param name="Stream">
/// Octets both ways. Reading nothing (an empty buffer) waits until there is something to read, or the connection is of no
/// use any more.
/// </param>
/// <param name="CompleteWrites">Ends the direction to the service; the other goes on.</param>
public readonly record struct TunnelConnection(Stream Stream, Action CompleteWrites);
