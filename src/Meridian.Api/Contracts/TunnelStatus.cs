using System.Collections.Immutable;

namespace Meridian.Api.Contracts;

/// <summary>A tunnel that stands at the node.</summary>
/// <param name="Agent">Name of the TunnelAgent.</param>
/// <param name="Instance">Tells processes of one agent apart.</param>
/// <param name="Version">Of the agent's program.</param>
/// <param name="Remote">Where it was dialled from.</param>
/// <param name="Since">When.</param>
/// <param name="Draining">Whether it takes nothing new.</param>
/// <param name="InFlight">Connections to services that are open on it.</param>
/// <param name="RoundTripMs">The last round trip on its control stream in milliseconds; null before the first.</param>
/// <param name="Labels">What people call the agent's host and its kind.</param>
/// <param name="Services">What it leads to, with what the agent's probes say.</param>
public sealed record TunnelStatus(
    string Agent, string Instance, string Version, string Remote, DateTimeOffset Since, bool Draining, int InFlight,
    double? RoundTripMs,
    ImmutableDictionary<string, string> Labels, ImmutableArray<TunnelService> Services);
