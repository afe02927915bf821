using Meridian.Model.Resources;

namespace Meridian.Gateway.Routing;

/// <summary>How much an address can do at a time.</summary>
/// <param name="Signal">By which of its reports it is full; null for the defaults.</param>
/// <param name="Requests">Requests; null where that is not declared.</param>
/// <param name="Work">Work in the route's unit; null where that is not declared.</param>
internal readonly record struct TargetCapacity(LoadSignal? Signal, double? Requests, double? Work);
