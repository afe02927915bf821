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

    public static void Save(string path, IEnumerable<ConfigurationObject> objects)
    {
        var temporary = path + ".new";
        File.WriteAllBytes(temporary,
            JsonSerializer.SerializeToUtf8Bytes(objects.OrderBy(o => o.Id, StringComparer.Ordinal)));
        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>The objects; none where there is no such file or it is damaged.</summary>
    public static ImmutableArray<ConfigurationObject> Read(string path)
    {
        try
        {
            return File.Exists(path)
                ? JsonSerializer.Deserialize<ImmutableArray<ConfigurationObject>>(RegularFile.ReadBytes(path, MaxBytes))
                : [];
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
