using System.Globalization;
using Meridian.Dns.Signing;

namespace Meridian.CommandLine;

/// <summary>A key that a zone is signed with, as the command line prints it.</summary>
/// <param name="Tag">Its tag.</param>
/// <param name="Algorithm">Number of its algorithm.</param>
/// <param name="Role">CSK, KSK or ZSK.</param>
/// <param name="State">What it does now.</param>
/// <param name="Times">When that changes.</param>
/// <param name="Ds">The DS record for the parent zone; null where there is none or it does not matter.</param>
/// <param name="File">The file that was written; null for none.</param>
internal sealed record KeyDocument(
    int Tag, int Algorithm, string Role, string State, KeyTimes Times, string? Ds, string? File)
{
    public static KeyDocument Of(SigningKey key, DateTimeOffset now, string? file = null) => new(key.Tag,
        key.Algorithm, key.Role.ToString().ToUpperInvariant(), StateOf(key.Times, now), key.Times,
        key.SignsKeys ? DsOf(key) : null, file);

    /// <summary>One line for people.</summary>
    public string Line(DateTimeOffset now) => string.Create(CultureInfo.InvariantCulture,
        $"{Tag,5}  {Role}  algorithm {Algorithm}  {State}{Next(Times, now)}");

    private static string DsOf(SigningKey key)
    {
        var ds = key.Ds();
        return string.Create(CultureInfo.InvariantCulture,
            $"{key.Zone} IN DS {key.Tag} {key.Algorithm} {ds[3]} {Convert.ToHexString(ds.AsSpan(4))}");
    }

    private static string StateOf(KeyTimes times, DateTimeOffset now) =>
        !times.IsPublished(now) ? now < times.Publish ? "waits" : "is gone" :
        times.IsActive(now) ? "signs" : now < times.Activate ? "is published, and signs later" : "is retired";

    private static string Next(KeyTimes times, DateTimeOffset now)
    {
        if (times.NextAfter(now) is not { } next)
            return "";
        var what = next == times.Publish ? "published"
            : next == times.Activate ? "signs"
            : next == times.Retire ? "retires" : "goes";
        return string.Create(CultureInfo.InvariantCulture, $"; {what} at {next:yyyy-MM-dd HH:mm} UTC");
    }
}
