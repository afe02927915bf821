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

    public static void Save(string path, Discovery discovery) => KeptFile.Write(path,
        JsonSerializer.SerializeToUtf8Bytes(discovery.Clusters.Values.OrderBy(c => c.Name, StringComparer.Ordinal)
            .Select(c => new SavedCluster(c.Name, c.Site, c.Annotations, c.AnsweredAt,
                [.. c.Objects.Values.OrderBy(o => o.Reference.ToString(), StringComparer.Ordinal)]))));

    /// <summary>
    /// The saved discovery; an empty one where there is no such file, or where it is told that it cannot be read.
    /// </summary>
    public static Discovery Read(string path, Action<string>? told) =>
        KeptFile.Read(path, MaxBytes, Parse, Discovery.None, told);

    private static Discovery? Parse(byte[] bytes) => JsonSerializer.Deserialize<SavedCluster[]>(bytes) is not { } saved
        ? null
        : new Discovery(saved.ToImmutableDictionary(c => c.Name, c => new DiscoveredCluster
        {
            Name = c.Name,
            Site = c.Site,
            Annotations = c.Annotations,
            AnsweredAt = c.AnsweredAt,
            Fault = "not reached since the start",
            Objects = c.Objects.ToImmutableDictionary(o => o.Reference),
        }));

    private sealed record SavedCluster(string Name, string? Site, bool Annotations, DateTimeOffset? AnsweredAt,
        ImmutableArray<DiscoveredObject> Objects);
}
