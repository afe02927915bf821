namespace Meridian.Operator.Discovering;

/// <summary>What is kept of an EndpointSlice.</summary>
/// <param name="Service">The Service that it belongs to, as <c>namespace/name</c>.</param>
/// <param name="AddressType"><c>IPv4</c>, <c>IPv6</c> or <c>FQDN</c>; a Service with both has its endpoints
/// twice.</param>
/// <param name="Ready">Number of ready endpoints in it.</param>
internal sealed record Slice(string Service, string AddressType, int Ready);
