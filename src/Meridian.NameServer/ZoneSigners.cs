using System.Collections.Concurrent;
using System.Collections.Immutable;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Files;

namespace Meridian.NameServer;

/// <summary>
/// Keeps the signers of all zones and their signatures over reloads: a new signer is made only when the keys change or
/// one of their times has come. One caller at a time makes signers, and another looks meanwhile for other keys: a
/// folder that cannot be read holds up neither.
/// </summary>
/// <param name="time">The clock.</param>
/// <param name="program">How this program is called from a shell.</param>
public sealed class ZoneSigners(TimeProvider time, string program = "meridian")
{
    private static readonly TimeSpan RetryRefused = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<DnsName, HeldSigner> _held = [];

    // Keys with a fault, so that they are not read again every second.
    private readonly ConcurrentDictionary<DnsName, (string Fingerprint, DateTimeOffset Until)> _refused = [];

    /// <summary>When the next time of any key comes; null for never.</summary>
    public DateTimeOffset? NextChange => _held.Values.Min(e => e.Signer.NextChange);

    /// <summary>Finds or makes the signer of a zone, or says what is wrong with its keys.</summary>
    public (ZoneSigner? Signer, string? Error) Of(DnsName zone, string folder)
    {
        var now = time.GetUtcNow();
        try
        {
            var fingerprint = Fingerprint(folder);
            if (_held.TryGetValue(zone, out var entry) && entry.Fingerprint == fingerprint
                && !(entry.Signer.NextChange <= now))
                return (entry.Signer, null);
            _refused[zone] = (fingerprint, now + RetryRefused);
            var (keys, error) = Read(zone, folder);
            if (error is not null)
                return (null, error);
            var signer = new ZoneSigner(zone, keys, now);
            if (!signer.CanSign)
                return (null, NoKey(zone, folder));
            _held[zone] = new HeldSigner(signer, fingerprint);
            _refused.TryRemove(zone, out _);
            return (signer, null);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return (null, $"the keys of {zone} cannot be read: {e.Message}");
        }
    }

    /// <summary>Compares a folder with the keys that its zone signs with.</summary>
    public KeyComparison Compare(DnsName zone, string folder)
    {
        try
        {
            if (!_held.TryGetValue(zone, out var entry))
                return KeyComparison.Same; // nothing has been made of it yet
            var fingerprint = Fingerprint(folder);
            if (_refused.TryGetValue(zone, out var refused) && refused.Fingerprint == fingerprint
                && time.GetUtcNow() < refused.Until)
                return KeyComparison.Refused;
            return entry.Signer.NextChange <= time.GetUtcNow() || entry.Fingerprint != fingerprint
                ? KeyComparison.Other : KeyComparison.Same;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return KeyComparison.Unreadable;
        }
    }

    /// <summary>
    /// Reads the keys of one zone from a folder, which may hold those of others: files named after another zone are
    /// skipped.
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
            if (!KeyFile.TryRead(RegularFile.ReadText(file), zone,
                FileVersion.WrittenAt(file), out var key, out var error))
                return ([], $"{file}: {error}");
            keys.Add(key);
        }

        return (keys.ToImmutable(), null);
    }

    private string NoKey(DnsName zone, string folder) => $"no key in {folder} signs {zone} now; "
        + $"`{program} zone keys create {ShellText.Quote($"{zone}")} --folder {ShellText.Quote(folder)}` makes one";

    private static string Fingerprint(string folder) => FileVersion.Of(Files(folder));

    private static IEnumerable<string> Files(string folder) =>
        Directory.EnumerateFiles(folder, "*.pem").Order(StringComparer.Ordinal);

    private sealed record HeldSigner(ZoneSigner Signer, string Fingerprint);
}
