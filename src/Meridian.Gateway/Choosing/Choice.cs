using Meridian.Gateway.Routing;

namespace Meridian.Gateway.Choosing;

/// <summary>The address that a request goes to.</summary>
/// <param name="Target">The address.</param>
/// <param name="Rank">Which pool it is of in the client's order, from 0.</param>
/// <param name="Pass">How hard it was looked for.</param>
internal readonly record struct Choice(Target Target, int Rank, Pass Pass);
