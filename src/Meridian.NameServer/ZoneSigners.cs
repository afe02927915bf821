using System.Collections.Immutable;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;

namespace Meridian.NameServer;

/// <summary>
/// The signers of all zones, with the signatures that they have made, over reloads: a new one is made only when the
/// keys change or the time of one comes. Used by one caller at a time.
/// </summary>
public sealed class ZoneSigners(TimeProvider time)
{
    private static readonly TimeSpan RetryRefused = TimeSpan.FromMinutes(1);

    private readonly Dictionary<DnsName, Entry> _entries = [];

    // Keys that were no good, so that they are not tried anew every second.
    private readonly Dictionary<DnsName, (string Fingerprint, DateTimeOffset Until)> _refused = [];

    /// <summary>When the next key's time comes; null for never.</summary>
    public DateTimeOffset? NextChange => _entries.Values.Min(e => e.Signer.NextChange);

    /// <summary>The signer of a zone, or what is wrong with its keys.</summary>
    public (ZoneSigner? Signer, string? Error) Of(DnsName zone, string folder)
    {
        var now = time.GetUtcNow();
        try
        {
            var fingerprint = Fingerprint(folder);
            if (_entries.TryGetValue(zone, out var entry) && entry.Fingerprint == fingerprint
                && !(entry.Signer.NextChange <= now))
                return (entry.Signer, null);
            _refused[zone] = (fingerprint, now + RetryRefused);
            var (keys, error) = Read(zone, folder);
            if (error is not null)
                return (null, error);
            var signer = new ZoneSigner(zone, keys, now);
            if (!signer.CanSign)
                return (null, $"no key in {folder} signs {zone} now; `meridian zone keys create {zone.ToString().TrimEnd('.')} --folder {folder}` makes one");
            _refused.Remove(zone);
            _entries[zone] = new Entry(signer, fingerprint);
            return (signer, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"the keys of {zone} cannot be read: {e.Message}");
        }
    }

    /// <summary>Whether a folder has changed since its signer was made.</summary>
    public bool HasChanged(DnsName zone, string folder)
    {
        try
        {
            if (!_entries.TryGetValue(zone, out var entry))
                return false;
            var fingerprint = Fingerprint(folder);
            if (_refused.TryGetValue(zone, out var refused) && refused.Fingerprint == fingerprint
                && time.GetUtcNow() < refused.Until)
                return false;
            return entry.Signer.NextChange <= time.GetUtcNow() || entry.Fingerprint != fingerprint;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be looked at now takes nothing from the keys that are held.
            return false;
        }
    }

    /// <summary>
    /// The keys of one zone in a folder, which may hold those of others: what is named after another zone is passed
    /// over.
    /// </summary>
    public static (ImmutableArray<SigningKey> Keys, string? Error) Read(DnsName zone, string folder)
    {
        var keys = ImmutableArray.CreateBuilder<SigningKey>();
        foreach (var file in Files(folder))
        {
            var name = Path.GetFileName(file);
            if (name.StartsWith('K') && name.Contains('+', StringComparison.Ordinal)
                && !name.StartsWith($"K{zone}+", StringComparison.OrdinalIgnoreCase))
                continue;
            if (!KeyFile.TryRead(File.ReadAllText(file), zone, File.GetLastWriteTimeUtc(file), out var key,
                out var error))
                return ([], $"{file}: {error}");
            keys.Add(key);
        }

        return (keys.ToImmutable(), null);
    }

    private static string Fingerprint(string folder) =>
        string.Join('\n', Files(folder)
            .Select(f => $"{f} {File.GetLastWriteTimeUtc(f).Ticks} {new FileInfo(f).Length}"));

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*.pem").Order(StringComparer.Ordinal);

    private sealed record Entry(ZoneSigner Signer, string Fingerprint);
}
