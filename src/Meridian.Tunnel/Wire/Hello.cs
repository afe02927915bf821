using System.Collections.Immutable;

namespace Meridian.Tunnel.Wire;

/// <summary>How an agent introduces itself. Its name comes from its certificate.</summary>
/// <param name="Instance">Tells the processes of one identity apart. Made anew when the agent starts, unless it takes
/// over from another process.</param>
/// <param name="Version">Of the program.</param>
/// <param name="Services">Its services.</param>
/// <param name="Started">When the process was started, in ticks: of two with one instance the later one takes over from
/// the other.</param>
/// <param name="Labels">Labels of the host for people, such as its kind, from the agent's file; null for none.</param>
public sealed record Hello(string Instance, string Version,
    ImmutableArray<ServiceReport> Services, long Started, ImmutableDictionary<string, string>? Labels = null);
