using System.Text.Json;
using Meridian.State.Shared;

namespace Meridian.Fleet.Secrets;

/// <summary>
/// The secrets of the cookies (RFC 9018) that all nodes make and check, as they stand in the shared store. They roll
/// once a day in steps, so that no node meets a cookie of a secret that it does not know yet. Immutable.
/// </summary>
/// <param name="Secrets">The secrets as 32 hexadecimal digits; the first makes cookies.</param>
/// <param name="Stage">Where the roll stands.</param>
/// <param name="At">When it came there.</param>
public sealed record CookieSecrets(string[] Secrets, CookieStage Stage, DateTimeOffset At)
{
    private const int Digits = 32;

    // A node that has not heard of the second secret after ten minutes has lost the store.
    private static readonly TimeSpan Lifetime = TimeSpan.FromDays(1);
    private static readonly TimeSpan Notice = TimeSpan.FromMinutes(10);

    // Cookies are good for an hour (RFC 9018 section 4.3), and clocks differ.
    private static readonly TimeSpan Overlap = TimeSpan.FromHours(2);

    /// <summary>What stands in a store; null where there is nothing that can be read.</summary>
    public static CookieSecrets? In(SharedSnapshot snapshot) =>
        snapshot.Entries.GetValueOrDefault(FleetKeys.Cookies) is { } entry
            && FleetJson.Read(entry.Value, FleetJson.Default.CookieSecrets) is { IsWhole: true } one ? one : null;

    /// <summary>
    /// What is to be written into a store: the first secret where there is none, or the next step of the roll where its
    /// time has come; null for nothing. The condition makes one of several nodes the one that does it.
    /// </summary>
    /// <param name="snapshot">The store.</param>
    /// <param name="now">The time.</param>
    /// <param name="secret">A new secret.</param>
    public static SharedTransaction? Step(SharedSnapshot snapshot, DateTimeOffset now, string secret)
    {
        var entry = snapshot.Entries.GetValueOrDefault(FleetKeys.Cookies);
        var next = entry is null ? new CookieSecrets([secret], CookieStage.Calm, now) : In(snapshot)?.Next(now, secret);
        return next is null ? null : new SharedTransaction([new SharedWrite(FleetKeys.Cookies,
            JsonSerializer.Serialize(next, FleetJson.Default.CookieSecrets))])
        {
            Conditions = [new SharedCondition(FleetKeys.Cookies, entry?.Modified ?? 0)],
        };
    }

    private bool IsWhole => Enum.IsDefined(Stage) && Secrets is { Length: > 0 }
        && Secrets.All(s => s?.Length == Digits && s.All(char.IsAsciiHexDigit));

    private CookieSecrets? Next(DateTimeOffset now, string secret) => (Stage, now - At) switch
    {
        (CookieStage.Calm, var age) when age >= Lifetime => new([Secrets[0], secret], CookieStage.Announced, now),
        (CookieStage.Announced, var age) when age >= Notice && Secrets.Length > 1 =>
            new([Secrets[1], Secrets[0]], CookieStage.Rolled, now),
        (CookieStage.Rolled, var age) when age >= Overlap => new([Secrets[0]], CookieStage.Calm, now),
        _ => null,
    };
}
