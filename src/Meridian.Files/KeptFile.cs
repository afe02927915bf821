using System.Text.Json;

namespace Meridian.Files;

/// <summary>
/// A file that a program keeps for its own next start: written so that a power cut leaves the old one or the new one
/// whole, and set aside where it cannot be read after all.
/// </summary>
public static class KeptFile
{
    /// <summary>Writes the file; it is on the disk when this returns.</summary>
    public static void Write(string path, byte[] content)
    {
        // A name may reach the disk before what it names: without the flush a power cut leaves an empty file.
        var temporary = path + ".new";
        File.Delete(temporary); // one that a crash has left would keep its mode
        using (var file = new FileStream(temporary, NewFile.Options(FileMode.Create, NewFile.ForOwner)))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }

        File.Move(temporary, path, overwrite: true);
    }

    /// <summary>Reads the file; what cannot be read is told, set aside and taken for nothing.</summary>
    /// <param name="path">The file.</param>
    /// <param name="maxBytes">The most that is read.</param>
    /// <param name="parse">Makes sense of it.</param>
    /// <param name="none">What there is without a file.</param>
    /// <param name="told">Called with what is wrong; null for a reader to whom the file does not belong, and who leaves
    /// it where it is.</param>
    public static T Read<T>(string path, int maxBytes, Func<byte[], T?> parse, T none, Action<string>? told)
    {
        try
        {
            return File.Exists(path)
                ? parse(RegularFile.ReadBytes(path, maxBytes)) ?? throw new InvalidDataException("it says nothing")
                : none;
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or ArgumentException
            or InvalidOperationException or NotSupportedException)
        {
            var why = e is JsonException ? "it is not the JSON that was written" : e.Message;
            told?.Invoke($"{path} is damaged ({why}); what it kept is lost{SetAside(path)}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            told?.Invoke($"{path} cannot be read: {e.Message}; what it keeps is not used");
        }

        return none;
    }

    private static string SetAside(string path)
    {
        var aside = $"{path}.damaged-{new DateTimeOffset(FileVersion.WrittenAt(path)).ToUnixTimeSeconds()}";
        try
        {
            File.Move(path, aside, overwrite: true);
            return $", and it was set aside as {aside}";
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return $", and it cannot be set aside: {e.Message}";
        }
    }
}
