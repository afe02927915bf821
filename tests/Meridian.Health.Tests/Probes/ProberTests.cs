using Meridian.Health.Probes;
using Meridian.Health.Tests.Support;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Tests.Probes;

public sealed class ProberTests
{
    [Fact]
    public async Task A_probe_that_is_cancelled_is_no_result()
    {
        using var prober = new Prober(TimeProvider.System);
        using var stopped = new CancellationTokenSource();
        await stopped.CancelAsync();
        var target = new ProbeTarget(new ProbeKey("c", "127.0.0.1", LoopbackPort.Unused(), ""),
            new HealthCheck { Name = "c", Tcp = new TcpCheck() });

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => prober.ProbeAsync(target, stopped.Token));
    }

    [Fact]
    public async Task A_check_without_a_kind_is_a_failed_probe() =>
        Assert.Equal("DOWN HealthCheck c has no kind", await Probing.AskAsync(new HealthCheck { Name = "c" }));
}
