using System.Text.Json.Serialization;

namespace Meridian.Tunnel.Wire;

/// <summary>What an agent's probes say of a service.</summary>
[JsonConverter(typeof(ServiceHealthConverter))]
public enum ServiceHealth
{
    /// <summary>Not probed, or not yet.</summary>
    Unknown,

    /// <summary>Its last probes succeeded.</summary>
    Up,

    /// <summary>Its last probes failed.</summary>
    Down,
}
