using System.Collections.Immutable;
using System.Net;
using Meridian.Model.History;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.Running;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Tests.Running.Control;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Running.Features;

public sealed class TunnelFeatureTests : IAsyncDisposable, IEventStore, IEnrollmentStore
{
    private readonly World _world = new(World.Endpoint("a", "10.0.0.1"));
    private readonly TestFolder _folder = new();

    [Fact]
    public async Task A_damaged_authority_keeps_tunnels_out_and_nothing_else_down()
    {
        _folder.Write("tunnel-ca.crt", "no certificate");
        _folder.Write("tunnel-ca.key", "no key");
        var history = new History(this, _world.Time, NullLogger.Instance);
        await using var tunnels = new TunnelFeature(new TunnelOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            AuthorityFolder = _folder.Path,
        }, "n", _world.Loop, new TunnelEnrollment(this, _world.Loop, history, _world.Time),
            new AgentRecognizer(_world.Loop, _ => null, _world.Time), history, _world.Time);

        await tunnels.StartAsync();

        Assert.Null(tunnels.Authority);
        Assert.Contains("no agent can connect here until it is restarted", Assert.Single(history.Recent(10)).Message);
    }

    [Fact]
    public async Task A_tunnel_that_nobody_has_had_the_time_to_dial_is_not_lost()
    {
        var history = new History(this, _world.Time, NullLogger.Instance);
        await using var tunnels = new TunnelFeature(new TunnelOptions
        {
            EndPoints = [new IPEndPoint(IPAddress.Loopback, 0)],
            AuthorityFolder = _folder.Path,
        }, "n", _world.Loop, new TunnelEnrollment(this, _world.Loop, history, _world.Time),
            new AgentRecognizer(_world.Loop, _ => null, _world.Time), history, _world.Time);
        var source = new TunnelSource { Agent = "lab", Service = "web" };

        Assert.Equal(VerdictState.Unknown, tunnels.VerdictOf(source).State);
        _world.Time.Advance(TimeSpan.FromSeconds(14));
        tunnels.Tick(_world.Time.GetUtcNow());
        Assert.Equal(VerdictState.Unknown, tunnels.VerdictOf(source).State);
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        tunnels.Tick(_world.Time.GetUtcNow());
        Assert.Equal(VerdictState.Down, tunnels.VerdictOf(source).State);
    }

    ImmutableArray<HistoryEvent> IEventStore.Read(int count) => [];

    void IEventStore.Append(HistoryEvent entry)
    {
    }

    ImmutableArray<StoredEnrollment> IEnrollmentStore.Read() => [];

    Task<string?> IEnrollmentStore.SaveAsync(StoredEnrollment enrollment) => Task.FromResult<string?>(null);

    Task<string?> IEnrollmentStore.DeleteAsync(string digest) => Task.FromResult<string?>(null);

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Dispose();
    }
}
