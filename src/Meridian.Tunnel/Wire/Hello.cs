using System.Collections.Immutable;

namespace Meridian.Tunnel.Wire;

/// <summary>How an agent introduces itself; who it is, its certificate has said.</summary>
/// <param name="Instance">Tells processes with one identity apart: made anew when the agent starts.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Services">What it can lead to.</param>
public sealed record Hello(string Instance, string Version, ImmutableArray<ServiceReport> Services);
