using Meridian.Model.Resources;
using static Meridian.Health.Tests.Support.Probing;

namespace Meridian.Health.Tests.Probes;

public sealed class PingProbeTests
{
    [Fact]
    public async Task An_echo_is_answered() =>
        Assert.Equal("ping: answered", await AskAsync(new HealthCheck { Name = "c", Ping = new PingCheck() }));

    [Fact]
    public async Task A_name_is_resolved() => Assert.Equal("ping: answered",
        await AskAsync(new HealthCheck { Name = "c", Ping = new PingCheck() }, target: "localhost"));
}
