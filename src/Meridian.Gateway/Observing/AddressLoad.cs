namespace Meridian.Gateway.Observing;

/// <summary>What is under way at an address.</summary>
/// <param name="Pool">Name of its pool.</param>
/// <param name="Host">IP address or host name.</param>
/// <param name="Port">Port of the service.</param>
/// <param name="InFlight">Requests from this gateway.</param>
public readonly record struct AddressLoad(string Pool, string Host, int Port, int InFlight);
