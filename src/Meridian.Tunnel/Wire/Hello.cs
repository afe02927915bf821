using System.Collections.Immutable;

namespace Meridian.Tunnel.Wire;

/// <summary>How an agent introduces itself; who it is, its certificate has said.</summary>
/// <param name="Instance">Tells processes with one identity apart: made anew when the agent starts, except for one that
/// takes over from another.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Services">What it can lead to.</param>
/// <param name="Started">When the process was started, in ticks: of two with one instance the later one takes over from
/// the other.</param>
/// <param name="Labels">What people call the host and its kind, as its file says; null for nothing.</param>
public sealed record Hello(string Instance, string Version,
    ImmutableArray<ServiceReport> Services, long Started, ImmutableDictionary<string, string>? Labels = null);
