using Meridian.Gateway;
using Meridian.Model.Verdicts;
using Meridian.Running.Features;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Running.Features;

public sealed class GatewayFeatureTests : IAsyncDisposable
{
    private readonly World _world = new(Edge("a", "10.0.0.1"));
    private readonly GatewayCore _gateway;

    public GatewayFeatureTests()
    {
        _gateway = new GatewayCore(new GatewayOptions(), _world.Time, NullLoggerFactory.Instance, _ => { },
            (_, _) => { });
        _world.Start(new GatewayFeature(_gateway));
    }

    [Fact]
    public void The_gateway_has_the_routes_of_the_first_table() => Assert.Equal(["a"], Routes);

    [Fact]
    public async Task The_gateway_has_the_routes_of_each_new_table()
    {
        await _world.ApplyAsync(Edge("a", "10.0.0.1"), Edge("b", "10.0.0.2"), World.Endpoint("c", "10.0.0.3"));

        Assert.Equal(["a", "b"], Routes.Order());
    }

    [Fact]
    public async Task The_gateway_has_the_verdicts_of_each_new_table()
    {
        Assert.False(Assert.Single(_gateway.Statistics).Panics);

        _world.Turn("a", "10.0.0.1", VerdictState.Down);
        await _world.SettleAsync();

        Assert.True(Assert.Single(_gateway.Statistics).Panics);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _gateway.Dispose();
    }

    private IEnumerable<string> Routes => _gateway.Statistics.Select(s => s.Route);

    private static string Edge(string name, string address) => World.Endpoint(name, address)
        .Replace("policy: Failover", "policy: Failover, gateway: {}", StringComparison.Ordinal);
}
