namespace Meridian.Agent.Configuration;

/// <summary>A request that has to succeed for a service to be up.</summary>
/// <param name="Protocol">How it is sent.</param>
/// <param name="Target">The path of an HTTP request, which is answered with a status below 400; for gRPC the name of
/// the service in <c>grpc.health.v1.Health/Check</c>, empty for the whole server.</param>
/// <param name="Host">The host name that it is sent with; null for the service's own.</param>
internal sealed record HealthRequest(HealthProtocol Protocol, string Target, string? Host = null)
{
    public override string ToString() =>
        $"{(Protocol == HealthProtocol.Grpc ? $"gRPC {Target}".TrimEnd() : $"GET {Target}")}"
        + (Protocol == HealthProtocol.Https ? " by TLS" : "") + (Host is null ? "" : $" of {Host}");
}
