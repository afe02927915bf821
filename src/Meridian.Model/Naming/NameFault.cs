using Meridian.Model.Resources;

namespace Meridian.Model.Naming;

/// <summary>An endpoint that cannot be answered at its host name, and why.</summary>
public sealed record NameFault(GlobalEndpoint Endpoint, string Reason);
