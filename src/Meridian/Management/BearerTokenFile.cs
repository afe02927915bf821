using Meridian.Files;
using Meridian.Running;

namespace Meridian.Management;

/// <summary>A bearer token in a file, which is read again when it changes. What cannot be used leaves the old one in
/// force.</summary>
internal sealed class BearerTokenFile
{
    private readonly string _file;
    private string? _version;
    private volatile string _current;

    /// <exception cref="StartException">It cannot be read, or holds nothing.</exception>
    public BearerTokenFile(string file)
    {
        _file = file;
        _version = FileVersion.Of(file);
        var (token, fault) = Read(file);
        _current = token ?? throw new StartException(fault!);
    }

    /// <summary>The token that is asked for.</summary>
    public string Current => _current;

    /// <summary>The token in a file that is read once.</summary>
    /// <exception cref="StartException">It cannot be read, or holds nothing.</exception>
    public static string? ReadOnce(string? file) => file is null ? null : new BearerTokenFile(file).Current;

    /// <summary>Reads the file where it has changed. Called by one thread at a time.</summary>
    /// <returns>What is wrong with the file, for as long as it is; null for nothing.</returns>
    public string? Refresh()
    {
        var version = FileVersion.Of(_file);
        if (version == _version)
            return null;
        var (token, fault) = Read(_file);
        if (token is not null)
            _current = token;

        // What cannot be used is tried again: a file that may be read now looks as it did before.
        _version = token is null ? null : version;
        return fault is null ? null : $"{fault}; the old one is asked for";
    }

    private static (string? Token, string? Fault) Read(string file)
    {
        try
        {
            var token = RegularFile.ReadText(file).Trim();
            return token.Length > 0 ? (token, null) : (null, $"the token file {file} is empty");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"the token file {file} cannot be read: {e.Message}");
        }
    }
}
