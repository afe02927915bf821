using System.Text.Json.Serialization;

namespace Meridian.Model.Resources;

/// <summary>What sort of traffic an endpoint carries: the defaults of its gateway section.</summary>
public enum GatewayProfile
{
    /// <summary>Ordinary HTTP: what may not be repeated is not.</summary>
    [JsonStringEnumMemberName("opaque")]
    Opaque,

    /// <summary>Requests to models: to generate twice is harmless, so that any request may be sent again.</summary>
    [JsonStringEnumMemberName("inference")]
    Inference,

    /// <summary>gRPC: HTTP/2 to the addresses, with trailers.</summary>
    [JsonStringEnumMemberName("grpc")]
    Grpc,
}
