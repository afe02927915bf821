namespace Meridian.Gateway;

/// <summary>A connection to a service behind a tunnel.</summary>
/// <param name="Stream">Octets both ways.</param>
/// <param name="CompleteWrites">Ends the direction to the service; the other goes on.</param>
/// <param name="Keep">Called when it is kept for later: until something is written, the tunnel may end it.</param>
public readonly record struct TunnelConnection(Stream Stream, Action CompleteWrites, Action Keep);
