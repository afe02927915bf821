using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Commands;

/// <summary>What a running agent says of itself, in <c>status.json</c>.</summary>
internal sealed record AgentStatus(int ProcessId, DateTimeOffset CertificateUntil, string Fingerprint, int InFlight,
    ImmutableArray<LinkState> Links, ImmutableArray<ServiceReport> Services)
{
    /// <summary>Whether all of its connections stand; one that has just begun has none yet.</summary>
    [JsonIgnore]
    public bool Stands => Links.Length > 0 && Links.All(l => l.Fault is null);

    /// <summary>Reads it; null where there is none, or it cannot be read.</summary>
    public static AgentStatus? Read(string path)
    {
        try
        {
            return JsonSerializer.Deserialize(File.ReadAllText(path), AgentJson.Default.AgentStatus);
        }
        catch (Exception e) when (e is IOException or JsonException)
        {
            return null;
        }
    }

    /// <summary>Writes it; readers see the old one or the new one.</summary>
    public void Write(string path)
    {
        File.WriteAllText($"{path}.new", JsonSerializer.Serialize(this, AgentJson.Default.AgentStatus));
        File.Move($"{path}.new", path, overwrite: true);
    }
}
