using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("How an address is probed; a template that pools share.", ShortName = "mhc")]
[Rule("[has(self.http), has(self.tcp), has(self.ping), has(self.grpc), has(self.external)].filter(x, x).size() == 1",
    "exactly one of http, tcp, ping, grpc and external is wanted")]
// CEL knows no days, and neither of them may be longer than one.
[Rule("!has(self.confirmInterval) || self.interval.contains('d') || (self.confirmInterval.contains('d') ? " +
    "self.confirmInterval.startsWith('0') || duration(self.interval) >= duration('24h') : " +
    "duration(self.confirmInterval) <= duration(self.interval))",
    "confirmInterval must not be longer than interval")]
public sealed record HealthCheck : Resource
{
    [Field("Time between two probes of an address when all is calm", Min = "100ms", Max = "1d")]
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(5);

    [Field("How long one probe may take", Min = "10ms", Max = "1m")]
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(1);

    [Field("Failures, with no run of `healthyThreshold` successes between them, before an address that is up counts " +
        "as down", Min = "1", Max = "100")]
    public int UnhealthyThreshold { get; init; } = 2;

    [Field("Consecutive successes before an address that is down counts as up", Min = "1", Max = "100")]
    public int HealthyThreshold { get; init; } = 2;

    [Field("Time between probes from the first contrary result until the verdict is decided", Min = "50ms", Max = "1d")]
    public TimeSpan ConfirmInterval { get; init; } = TimeSpan.FromMilliseconds(250);

    [Field("Keep one idle connection to the target and probe at once when the peer closes it",
        Default = "`true` for `http` and `tcp`, otherwise `false`")]
    public bool? Watch { get; init; }

    [Field("Holds an address that flaps down for longer")]
    public Damping Damping { get; init; } = new();

    [Field("Which nodes judge together, where several share a store, and how many must agree")]
    public Vantages Vantages { get; init; } = new();

    [Field("Probe with an HTTP request")]
    public HttpCheck? Http { get; init; }

    [Field("Probe with a TCP connection")]
    public TcpCheck? Tcp { get; init; }

    [Field("Probe with an ICMP echo")]
    public PingCheck? Ping { get; init; }

    [Field("Probe with the gRPC health protocol (`grpc.health.v1`)")]
    public GrpcCheck? Grpc { get; init; }

    [Field("Take the verdict of another program from a file or a URL")]
    public ExternalCheck? External { get; init; }

    /// <summary>Whether an idle connection is kept: what <see cref="Watch"/> says, or the kind's default.</summary>
    public bool Watches => Watch ?? (Http ?? (object?)Tcp) is not null;
}
