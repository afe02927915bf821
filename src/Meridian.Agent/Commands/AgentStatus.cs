using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Meridian.Files;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Commands;

/// <summary>What a running agent writes about itself, in <c>status.json</c>.</summary>
/// <param name="ProcessId">The process.</param>
/// <param name="CertificateUntil">When its certificate ends.</param>
/// <param name="Fingerprint">SHA-256 of its certificate, in hexadecimal digits.</param>
/// <param name="InFlight">Connections to services that are open.</param>
/// <param name="Links">Its connections to gateways.</param>
/// <param name="Services">Its services.</param>
internal sealed record AgentStatus(int ProcessId, DateTimeOffset CertificateUntil, string Fingerprint, int InFlight,
    ImmutableArray<LinkState> Links, ImmutableArray<ServiceReport> Services)
{
    /// <summary>Whether all of its tunnels stand; one that has just begun has none yet.</summary>
    [JsonIgnore]
    public bool Stands => Links.Length > 0 && Links.All(l => l.Fault is null);

    /// <summary>Whether it says the same as another one.</summary>
    public bool IsSameAs(AgentStatus? other) =>
        other is not null && Links.SequenceEqual(other.Links) && Services.SequenceEqual(other.Services)
        && this with { Links = [], Services = [] } == other with { Links = [], Services = [] };

    /// <summary>Reads it; null where there is none, or it cannot be read.</summary>
    public static AgentStatus? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(RegularFile.ReadText(path), AgentJson.Default.AgentStatus);
        }
        catch (Exception e) when (e is IOException or JsonException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes it; readers see the old one or the new one.</summary>
    public void Write(string path) =>
        NewFile.Replace(path, JsonSerializer.Serialize(this, AgentJson.Default.AgentStatus), NewFile.ForAll);
}
