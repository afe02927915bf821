using Meridian.Model.Resources;

namespace Meridian.Model.Verdicts;

/// <summary>
/// A probe's identity: template, target and host name. Pools and endpoints that agree in all of them share one probe.
/// </summary>
/// <param name="Check">Name of the <see cref="HealthCheck"/>.</param>
/// <param name="Target">IP address or host name that is connected to.</param>
/// <param name="Port">TCP port; 0 where the kind of probe has none.</param>
/// <param name="Host">Host name that is asked for; empty where the kind of probe has none.</param>
public readonly record struct ProbeKey(string Check, string Target, int Port, string Host)
{
    /// <summary>The probe whose results count for an address in an endpoint.</summary>
    public static ProbeKey For(HealthCheck check, string target, int? port, string hostname)
    {
        // A wildcard endpoint is probed by a name that the wildcard stands for.
        var host = hostname.StartsWith("*.", StringComparison.Ordinal) ? $"meridian-probe{hostname[1..]}" : hostname;
        return check switch
        {
            { Http: { } http } => new ProbeKey(check.Name, target,
                http.Port ?? port ?? (http.Scheme == HttpScheme.Https ? 443 : 80), http.Host ?? host),
            { Grpc: { } grpc } => new ProbeKey(check.Name, target, grpc.Port ?? port ?? 0, grpc.Host ?? host),
            { Tcp: { } tcp } => new ProbeKey(check.Name, target, tcp.Port ?? port ?? 0, ""),
            _ => new ProbeKey(check.Name, target, 0, ""),
        };
    }

    public override string ToString()
    {
        var target = Port == 0 ? Target : Target.Contains(':') ? $"[{Target}]:{Port}" : $"{Target}:{Port}";
        return Host.Length == 0 ? $"{Check} {target}" : $"{Check} {target} as {Host}";
    }
}
