namespace Meridian.Agent.Configuration;

/// <summary>A service in the agent's file.</summary>
/// <param name="Name">The name that pools use.</param>
/// <param name="Address">Where it is.</param>
/// <param name="Health">The request that has to succeed; null where a connection is enough.</param>
/// <param name="Interval">Time between probes.</param>
internal sealed record ServiceEntry(string Name, ServiceAddress Address, HealthRequest? Health, TimeSpan Interval)
{
    public static readonly TimeSpan DefaultInterval = TimeSpan.FromSeconds(2);
}
