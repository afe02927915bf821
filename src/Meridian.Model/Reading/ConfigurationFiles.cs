using System.Text;
using Meridian.Files;

namespace Meridian.Model.Reading;

/// <summary>Finds the configuration's files and reads their text.</summary>
internal static class ConfigurationFiles
{
    /// <summary>
    /// The files of a path: a file itself, or the YAML files of a folder in name order; none where there is a fault.
    /// </summary>
    public static IEnumerable<string> At(string path, List<Fault> faults)
    {
        if (!Directory.Exists(path))
            return [path];
        try
        {
            string[] files = [.. Of(path)];
            if (files.Length == 0)
                faults.Add(Fault(path, "the folder holds no *.yaml or *.yml file"));
            return files;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(Fault(path, $"cannot be read: {e.Message}"));
            return [];
        }
    }

    /// <summary>The YAML files of a folder, in the order in which they are read.</summary>
    public static IEnumerable<string> Of(string folder) =>
        Directory.EnumerateFiles(folder)
            .Where(f => Path.GetExtension(f) is ".yaml" or ".yml" && !Path.GetFileName(f).StartsWith('.'))
            .Order(StringComparer.Ordinal);

    /// <summary>The text of a file, without a byte-order mark; null after a fault.</summary>
    /// <param name="file">The file.</param>
    /// <param name="maxBytes">Larger files are not read.</param>
    /// <param name="faults">Gets the fault.</param>
    /// <param name="modified">When the file was last written.</param>
    public static string? Read(string file, int maxBytes, List<Fault> faults, out DateTimeOffset modified)
    {
        modified = default;
        try
        {
            var content = RegularFile.ReadBytes(file, maxBytes);
            modified = new FileInfo(file).LastWriteTimeUtc;
            return new UTF8Encoding(false, true).GetString(content).TrimStart('\uFEFF');
        }
        catch (FileNotFoundException)
        {
            faults.Add(Fault(file, "there is no such file or folder"));
        }
        catch (DecoderFallbackException)
        {
            faults.Add(Fault(file, "the file is not UTF-8 text"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            faults.Add(Fault(file, $"cannot be read: {e.Message}"));
        }

        return null;
    }

    private static Fault Fault(string path, string message) => new(new Location(path, 0, 0), message);
}
