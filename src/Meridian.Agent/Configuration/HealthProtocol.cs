namespace Meridian.Agent.Configuration;

/// <summary>How a service is asked how it is.</summary>
internal enum HealthProtocol
{
    Http,

    /// <summary>HTTP over TLS; whose certificate it is does not matter, as nothing is entrusted to it.</summary>
    Https,

    /// <summary>The health service of gRPC, without TLS.</summary>
    Grpc,
}
