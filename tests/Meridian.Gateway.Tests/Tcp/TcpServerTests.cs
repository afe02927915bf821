using System.Net;
using Meridian.Gateway.Tcp;
using Meridian.Gateway.Tests.Support;
using Meridian.Geography;
using Meridian.Model.Verdicts;
using Meridian.Steering;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Gateway.Tests.Tcp;

/// <summary>The ports by themselves, in virtual time.</summary>
public sealed class TcpServerTests
{
    [Fact]
    public async Task The_opening_of_ports_that_does_not_end_is_told_until_it_does()
    {
        var time = new FakeTimeProvider();
        var log = new LogLines();
        var options = new GatewayOptions { Tcp = [new PortRange(IPAddress.Loopback, 3, 3)] };
        using var core = new GatewayCore(options, time, log, _ => { }, (_, _) => { });
        core.Update(TableOf(1));
        await using var server = new TcpServer(core, options, log);
        using var hold = new ManualResetEventSlim();
        using var held = new SemaphoreSlim(0);
        log.Writing = _ =>
        {
            held.Release();
            hold.Wait(TestTime.Limit(30));
        };
        try
        {
            core.Update(TableOf(2)); // a port that is not allowed is logged while ports are followed
            Assert.True(await held.WaitAsync(TestTime.Limit(30)));
            time.Advance(TimeSpan.FromSeconds(30));
            Assert.Null(server.Stalled);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.Equal("the opening of ports does not end: those of new endpoints are closed", server.Stalled);
        }
        finally
        {
            hold.Set();
        }

        await Wait.UntilAsync(() => server.Stalled is null, () => server.Stalled ?? "");
    }

    private static SteeringTable TableOf(int port) => SteeringCompiler.Compile(TestYaml.Read(TestYaml.Zone
        + TestYaml.Part("AddressPool", "p", "{addresses: [{value: 127.0.0.1, port: 9}]}")
        + TestYaml.Part("GlobalEndpoint", "app",
            $"{{hostname: app.example.org, pools: [{{pool: p}}], gateway: {{tcp: {{port: {port}}}}}}}")),
        GeoDatabase.None, new AllUp(), DateTimeOffset.UnixEpoch);

    private sealed class AllUp : IVerdicts
    {
        public Verdict Of(ProbeKey key) => new(VerdictState.Up, DateTimeOffset.UnixEpoch, "");

        public Override? OverrideOf(string pool, string value, string? site) => null;

        public IReadOnlyList<IPAddress> AddressesOf(string hostname) => [];
    }
}
