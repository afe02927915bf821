using System.Collections.Immutable;
using System.Text.Json;
using Meridian.Files;
using Meridian.Model;

namespace Meridian.Operator.Objects;

/// <summary>
/// Keeps the objects that were accepted last in a file, so that a node that starts while the API server is unreachable
/// serves what it served before.
/// </summary>
public static class ObjectFile
{
    private const int MaxBytes = 1024 * 1024 * 1024;

    public static void Save(string path, IEnumerable<ConfigurationObject> objects) => KeptFile.Write(path,
        JsonSerializer.SerializeToUtf8Bytes(objects.OrderBy(o => o.Id, StringComparer.Ordinal)));

    /// <summary>The objects; none where there is no such file, or where it is told that it cannot be read.</summary>
    public static ImmutableArray<ConfigurationObject> Read(string path, Action<string> told) => KeptFile.Read(path,
        MaxBytes, bytes => JsonSerializer.Deserialize<ConfigurationObject[]>(bytes), [], told).ToImmutableArray();
}
