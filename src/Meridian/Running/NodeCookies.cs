using System.Collections.Immutable;
using Meridian.Dns.Cookies;
using Meridian.Files;

namespace Meridian.Running;

/// <summary>
/// The cookie secrets of a node: of its own, rolled every day; those that nodes share through a store; or from a file
/// that nodes share behind one address, one secret of 32 hexadecimal digits a line, the current one first.
/// </summary>
internal sealed class NodeCookies
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);

    private readonly string? _file;
    private readonly TimeProvider _time;
    private string? _fingerprint;
    private DateTimeOffset _rolled;
    private volatile bool _isShared;

    /// <exception cref="StartException">The file cannot be used.</exception>
    public NodeCookies(string? file, TimeProvider time)
    {
        _file = file;
        _time = time;
        _rolled = time.GetUtcNow();
        if (file is null)
        {
            Jar = CookieJar.Random();
            return;
        }

        _fingerprint = FileVersion.Of(file);
        var (secrets, error) = Read(file);
        Jar = error is null ? new CookieJar(secrets) : throw new StartException(error);
    }

    public CookieJar Jar { get; }

    /// <summary>Whether a file says what the secrets are, and nothing else does.</summary>
    public bool IsFromFile => _file is not null;

    /// <summary>Uses the secrets that nodes share through a store from now on, where no file says others.</summary>
    public void Share(ImmutableArray<byte[]> secrets)
    {
        if (IsFromFile)
            return;
        _isShared = true;
        Jar.Use(secrets);
    }

    /// <summary>Rolls the secret, or reads the file where it has changed.</summary>
    /// <returns>What is wrong with the file, for as long as it is; null for nothing.</returns>
    public string? Refresh()
    {
        if (_file is null)
        {
            if (_isShared || _time.GetUtcNow() - _rolled < Lifetime)
                return null;
            _rolled = _time.GetUtcNow();
            Jar.Roll();
            return null;
        }

        var fingerprint = FileVersion.Of(_file);
        if (fingerprint == _fingerprint)
            return null;
        var (secrets, error) = Read(_file);
        if (error is null)
            Jar.Use(secrets);

        // What cannot be used is tried again: a file that may be read now looks as it did before.
        _fingerprint = error is null ? fingerprint : null;
        return error is null ? null : $"{error}; the old secrets are used";
    }

    private static (ImmutableArray<byte[]> Secrets, string? Error) Read(string file)
    {
        try
        {
            var lines = RegularFile.ReadText(file).Split('\n').Select(l => l.Trim())
                .Where(l => l.Length > 0 && !l.StartsWith('#')).ToArray();
            if (lines.Length == 0 || lines.Any(l => l.Length != 2 * CookieJar.SecretLength
                || !l.All(char.IsAsciiHexDigit)))
                return ([], $"the cookie secrets {file}: one or more lines of 32 hexadecimal digits are wanted, " +
                    "the current secret first");
            return ([.. lines.Select(Convert.FromHexString)], null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return ([], $"the cookie secrets {file} cannot be read: {e.Message}");
        }
    }
}
