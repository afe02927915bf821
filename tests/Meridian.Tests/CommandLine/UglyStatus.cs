using Meridian.Api.Contracts;
using Meridian.Model.Verdicts;

namespace Meridian.Tests.CommandLine;

/// <summary>The status of a node whose names, addresses and reasons are as long as they get.</summary>
internal static class UglyStatus
{
    public const string LongAddress = "2001:db8:1234:5678:9abc:def0:1234:5678";

    private const string LongReason =
        "https: status 503 Service Unavailable, wanted 200-299 (2 of 2); body 'upstream connect error or disconnect'";

    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static StatusReport Report { get; } = new()
    {
        Node = "meridian-node-with-a-name-of-sixty-characters-in-frankfurt-1",
        Version = "0.1.0+0123456789abcdef0123456789abcdef01234567",
        StartedAt = Now.AddDays(-3),
        Now = Now,
        Ready = false,
        NotReady = "the control loop stands still: what is served may be old",
        Configuration = new ConfigurationStatus(Now,
            [$"/etc/meridian/conf.d/{new string('c', 70)}.yaml:12:5: `pools`: there is no AddressPool `x`"]),
        Health = new HealthStatus(12, 345_678, 1234, true, false),
        Geography = [],
        StateFault = $"the state store in /var/lib/meridian/{new string('s', 80)} cannot be written: no space left",
        Endpoints =
        [
            Endpoint("kokoro-text-to-speech-with-a-rather-long-first-label.inference.ai.example.com", "Weighted",
                Pool("kokoro-text-to-speech-hanoi-with-a-name-of-sixty-characters-x", "vietnam-hanoi-datacentre-no-2",
                    700, Address(LongAddress, "Down", LongReason), Address("198.51.100.200", "Up", "")),
                Pool("eu", null, 300, Address("203.0.113.1", "Up", "", "frankfurt"),
                    Address("203.0.113.2", "Up", "", "paris"))),
            Endpoint("flat.example.com", "Failover", Pool("empty", "paris", null),
                Pool("more", "paris", null, [.. Enumerable.Range(1, 12).Select(i =>
                    Address($"192.0.2.{i}", "Unknown", ""))])),
            Endpoint("bare.example.com", "Nearest"),
        ],
        Overrides =
        [
            new OverrideDocument("address/kokoro-text-to-speech-hanoi-with-a-name-of-sixty-characters-x/" + LongAddress,
                OverrideState.Drain, "somebody", string.Join(' ', Enumerable.Repeat("maintenance", 20)), Now,
                Now.AddHours(2)),
        ],
    };

    private static EndpointStatus Endpoint(string hostname, string policy, params PoolStatus[] pools) => new()
    {
        Name = hostname.Split('.')[0],
        Hostname = hostname,
        Enabled = true,
        Policy = policy,
        Serving = true,
        Ttl = 30,
        TtlReason = "",
        Pools = [.. pools],
    };

    private static PoolStatus Pool(string name, string? site, int? weight, params AddressStatus[] addresses) => new()
    {
        Name = name,
        Site = site,
        State = "Up",
        Since = Now,
        Up = 1,
        MinHealthy = 1,
        Share = 1,
        Weight = weight is { } known ? new WeightStatus { Weight = known, Trim = 1, Reason = "of the resource" } : null,
        Addresses = [.. addresses.Select(a => a with { Site = a.Site ?? site })],
    };

    private static AddressStatus Address(string value, string verdict, string reason, string? site = null) => new()
    {
        Value = value,
        Site = site,
        State = verdict,
        Verdict = verdict,
        Reason = reason,
        Since = Now.AddMinutes(-7),
        Suspected = verdict == "Down",
        Remembered = false,
        InFlight = 3,
        Load = new LoadStatus { Summary = "0.83 busy: 12 running, 3 waiting of 16; memory 71 %; 4 s ago" },
        Probes = [new ProbeStatus(Now.AddSeconds(-2), verdict == "Up", reason, 12.345)],
    };
}
