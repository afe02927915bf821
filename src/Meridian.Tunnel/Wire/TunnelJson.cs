using System.Text.Json.Serialization;

namespace Meridian.Tunnel.Wire;

/// <summary>Lines of JSON without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault)]
[JsonSerializable(typeof(AgentLine))]
[JsonSerializable(typeof(GatewayLine))]
internal sealed partial class TunnelJson : JsonSerializerContext;
