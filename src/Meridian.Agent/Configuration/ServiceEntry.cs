namespace Meridian.Agent.Configuration;

/// <summary>A service as the agent's file has it.</summary>
/// <param name="Name">The name that pools use.</param>
/// <param name="Address">Where it is.</param>
/// <param name="HealthPath">What a GET must answer with a status below 400; null for a connection that is
/// enough.</param>
/// <param name="Interval">Time between probes.</param>
internal sealed record ServiceEntry(string Name, ServiceAddress Address, string? HealthPath, TimeSpan Interval)
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);
}
