using System.Collections.Immutable;

namespace Meridian.Api.Contracts;

/// <summary>A tunnel that is connected to the node.</summary>
/// <param name="Agent">Name of the TunnelAgent.</param>
/// <param name="Instance">Identifies one process of the agent.</param>
/// <param name="Version">Of the agent's program.</param>
/// <param name="Remote">Where it was dialled from.</param>
/// <param name="Since">When.</param>
/// <param name="Draining">Whether it accepts no new connections.</param>
/// <param name="InFlight">Connections to services that are open on it.</param>
/// <param name="RoundTripMs">The last round trip on its control stream in milliseconds; null before the first.</param>
/// <param name="Labels">Labels of the agent's host.</param>
/// <param name="Services">The services behind it, with the results of the agent's probes.</param>
public sealed record TunnelStatus(
    string Agent, string Instance, string Version, string Remote, DateTimeOffset Since, bool Draining, int InFlight,
    double? RoundTripMs,
    ImmutableDictionary<string, string> Labels, ImmutableArray<TunnelService> Services);
