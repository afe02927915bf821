using System.Collections.Immutable;
using System.Text.Json;
using Meridian.Files;

namespace Meridian.Operator.Discovering;

/// <summary>
/// Keeps a discovery in a file, so that a node that starts while a cluster is unreachable knows its addresses.
/// </summary>
public static class DiscoveryFile
{
    private const int MaxBytes = 1024 * 1024 * 1024;

    public static void Save(string path, Discovery discovery)
    {
        var temporary = path + ".new";
        File.WriteAllBytes(temporary,
            JsonSerializer.SerializeToUtf8Bytes(discovery.Clusters.Values.OrderBy(c => c.Name, StringComparer.Ordinal)
            .Select(c => new SavedCluster(c.Name, c.Site, c.Annotations, c.HeardAt,
                [.. c.Objects.Values.OrderBy(o => o.Reference.ToString(), StringComparer.Ordinal)]))));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The saved discovery; an empty one where there is no such file or it is damaged.</summary>
    public static Discovery Read(string path)
    {
        try
        {
            if (!File.Exists(path))
                return Discovery.None;
            var saved = JsonSerializer.Deserialize<SavedCluster[]>(RegularFile.ReadBytes(path, MaxBytes)) ?? [];
            return new Discovery(saved.ToImmutableDictionary(c => c.Name, c => new DiscoveredCluster
            {
                Name = c.Name,
                Site = c.Site,
                Annotations = c.Annotations,
                HeardAt = c.HeardAt,
                Fault = "not reached since the start",
                Objects = c.Objects.ToImmutableDictionary(o => o.Reference),
            }));
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException or ArgumentException)
        {
            return Discovery.None;
        }
    }

    private sealed record SavedCluster(string Name, string? Site, bool Annotations, DateTimeOffset? HeardAt,
        ImmutableArray<DiscoveredObject> Objects);
}
