using System.Text.Json.Serialization;

namespace Meridian.Agent.Commands;

/// <summary>JSON without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true,
    WriteIndented = true)]
[JsonSerializable(typeof(AgentStatus))]
[JsonSerializable(typeof(EnrollDocument))]
[JsonSerializable(typeof(UpgradeDocument))]
[JsonSerializable(typeof(List<CheckStep>))]
[JsonSerializable(typeof(List<ServiceDocument>))]
internal sealed partial class AgentJson : JsonSerializerContext;
