using System.Text;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Verdicts;

namespace Meridian.Steering.Tests;

public sealed class ScaleTests : IVerdicts
{
    private readonly HashSet<string> _down = [];

    [Fact]
    public void Ten_thousand_endpoints_stay_under_a_gibibyte_and_a_verdict_touches_only_its_own()
    {
        var text = new StringBuilder(TestYaml.Zone + TestYaml.Part("HealthCheck", "c", "{http: {}}"));
        for (var i = 0; i < 10_000; i++)
        {
            var addresses = string.Join(", ",
                Enumerable.Range(0, 10).Select(a => $"{{value: 10.{i >> 8}.{i & 255}.{a}}}"));
            text.Append(TestYaml.Part("AddressPool", $"p{i}", $"{{healthCheck: c, addresses: [{addresses}]}}"))
                .Append(TestYaml.Part("GlobalEndpoint", $"e{i}",
                    $"{{hostname: n{i}.example.org, policy: Failover, pools: [{{pool: p{i}}}]}}"));
        }

        var configuration = ConfigurationReader.ReadText("big.yaml", text.ToString());
        text.Clear();
        Assert.Empty(configuration.Faults);
        var table = SteeringCompiler.Compile(configuration.Resources, GeoDatabase.None, this, DateTimeOffset.UnixEpoch);
        _down.Add("10.1.1.5");
        var next = table.WithVerdicts(table.Probes.Where(p => p.Target == "10.1.1.5"), this, DateTimeOffset.UnixEpoch);

        Assert.Equal(1, table.Endpoints.Zip(next.Endpoints).Count(p => !ReferenceEquals(p.First, p.Second)));
        GC.Collect();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, 1L << 30);
        GC.KeepAlive(next);
    }

    public Verdict Of(ProbeKey key) =>
        new(_down.Contains(key.Target) ? VerdictState.Down : VerdictState.Up, DateTimeOffset.UnixEpoch, "");

    public Override? OverrideOf(string pool, string value, string? site) => null;

    public IReadOnlyList<System.Net.IPAddress> AddressesOf(string hostname) => [];
}
