namespace Meridian.Gateway.Upstreams;

/// <summary>A connection to an address as octets both ways.</summary>
/// <param name="Stream">The octets.</param>
/// <param name="CompleteWrites">Ends the direction to the address; the other goes on.</param>
internal readonly record struct UpstreamPipe(Stream Stream, Action CompleteWrites);
