using System.Text.Json.Serialization;

namespace Meridian.Tunnel.Wire;

/// <summary>The names of <see cref="ServiceHealth"/> alone: a number is none of them.</summary>
public sealed class ServiceHealthConverter()
    : JsonStringEnumConverter<ServiceHealth>(namingPolicy: null, allowIntegerValues: false);
