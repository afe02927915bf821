using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Meridian.Addresses;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Signing;

/// <summary>
/// A key as a PEM file: PKCS #8, with lines before it (RFC 7468 section 2 allows them) that give its zone, role and
/// times. A PEM file without them is a CSK that is active from the time the file was written.
/// </summary>
public static class KeyFile
{
    /// <summary>
    /// Name of the file of a key, as BIND forms it: <c>Kai.example.com.+013+12345.pem</c>. A slash in the name of the
    /// zone (RFC 2317) stands as <c>%2F</c>.
    /// </summary>
    public static string NameOf(SigningKey key) =>
        $"K{key.Zone.ToString().Replace("/", "%2F", StringComparison.Ordinal)}+{key.Algorithm:D3}+{key.Tag:D5}.pem";

    public static string Write(SigningKey key)
    {
        var text = new StringBuilder();
        Line("Zone", key.Zone.ToString());
        Line("Role", key.Role.ToString().ToUpperInvariant());
        Line("Created", Time(key.Times.Created));
        Line("Publish", Time(key.Times.Publish));
        Line("Activate", Time(key.Times.Activate));
        if (key.Times.Retire is { } retire)
            Line("Retire", Time(retire));
        if (key.Times.Remove is { } remove)
            Line("Remove", Time(remove));
        return text.Append(key.Key.ToPem()).Append('\n').ToString();

        void Line(string name, string value) => text.Append(name).Append(": ").Append(value).Append('\n');
    }

    /// <summary>Reads a key file.</summary>
    /// <param name="text">The text.</param>
    /// <param name="zone">The zone that it must be for.</param>
    /// <param name="written">When the file was written, for one without times.</param>
    /// <param name="key">The key.</param>
    /// <param name="error">What is wrong with it.</param>
    public static bool TryRead(
        string text, DnsName zone, DateTimeOffset written, [NotNullWhen(true)] out SigningKey? key,
        [NotNullWhen(false)] out string? error)
    {
        key = null;
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var line in text.Split('\n').TakeWhile(l => !l.StartsWith("-----", StringComparison.Ordinal)))
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon)
                fields[line[..colon].Trim()] = line[(colon + 1)..].Trim();
        }

        if (fields.TryGetValue("Zone", out var named)
            && !(DnsName.TryParse(named, null, out var other, out _) && other.Equals(zone)))
            return Fail($"the key is for {named}, not for {zone}", out error);
        var role = KeyRole.Csk;
        if (fields.TryGetValue("Role", out var word) && !EnumText.TryParse(word, out role))
            return Fail($"`{word}` is no role; there are CSK, KSK and ZSK", out error);
        var times = new Dictionary<string, DateTimeOffset>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in (string[])["Created", "Publish", "Activate", "Retire", "Remove"])
        {
            if (!fields.TryGetValue(name, out var value))
                continue;
            if (!DateTimeOffset.TryParse(value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal,
                out var time))
                return Fail($"{name}: `{value}` is not a time such as 2026-11-25T08:00:00Z", out error);
            times[name] = time;
        }

        var created = times.TryGetValue("Created", out var c) ? c : written;
        var publish = times.TryGetValue("Publish", out var p) ? p : created;
        var schedule = new KeyTimes(created, publish, times.TryGetValue("Activate", out var a) ? a : publish,
            times.TryGetValue("Retire", out var r) ? r : null, times.TryGetValue("Remove", out var m) ? m : null);
        if (!PrivateKey.TryRead(text, out var secret, out error))
            return false;
        key = new SigningKey(zone, role, schedule, secret);
        return true;

        static bool Fail(string message, out string error)
        {
            error = message;
            return false;
        }
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
