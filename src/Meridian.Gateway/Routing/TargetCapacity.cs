using Meridian.Model.Resources;

namespace Meridian.Gateway.Routing;

/// <summary>What an address can do at a time.</summary>
/// <param name="Signal">What means full by its own word; null for what does by default.</param>
/// <param name="Requests">Requests; null where that is not declared.</param>
/// <param name="Work">Work in the route's unit; null where that is not declared.</param>
internal readonly record struct TargetCapacity(LoadSignal? Signal, double? Requests, double? Work);
