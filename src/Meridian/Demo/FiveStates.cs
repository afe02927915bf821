using System.Collections.Immutable;
using System.Net;
using Meridian.Drill;

namespace Meridian.Demo;

/// <summary>
/// The five-state failover drill on two of the demo's sites: both up, the preferred one down, both down, the other one
/// back, the preferred one back. The preferred one is that behind the tunnel, where there is one.
/// </summary>
internal static class FiveStates
{
    private static ImmutableArray<DrillState> States(string preferred, string other) =>
    [
        new("both up", ImmutableDictionary<string, SiteMode>.Empty, preferred),
        new($"{preferred} down", One(preferred, SiteMode.Refuse), other),
        new("both down", One(other, SiteMode.Refuse), null),
        new($"{other} back", One(other, SiteMode.Ok), other),
        new($"{preferred} back", One(preferred, SiteMode.Ok), preferred),
    ];

    public static DrillOptions Options(DemoWorld world, TimeSpan interval) => new()
    {
        Url = new Uri($"http://drill.demo.test:{world.SitePort}/"),
        Resolver = new IPEndPoint(IPAddress.Loopback, world.DnsPort),
        Ways = [DrillWay.Dns, DrillWay.Gateway],
        Gateway = new IPEndPoint(IPAddress.Loopback, world.GatewayPort),
        Interval = interval,
        Timeout = TimeSpan.FromSeconds(2),
    };

    /// <summary>Runs the states one after the other; each must end with the right site serving.</summary>
    public static async Task<ImmutableArray<StateResult>> RunAsync(
        DemoWorld world, DrillOptions options, TimeSpan length, Action<DrillState> entered, Action<DrillCheck> seen,
        CancellationToken cancellationToken)
    {
        var clients = DrillRunner.Clients(options, TimeProvider.System);
        var perState = Math.Max(1, (int)(length / options.Interval));
        var results = ImmutableArray.CreateBuilder<StateResult>();
        foreach (var state in States(world.Agent is null ? "hanoi" : "frankfurt", "hongkong"))
        {
            cancellationToken.ThrowIfCancellationRequested();
            entered(state);
            foreach (var (site, mode) in state.Switches)
                await world.SwitchAsync(world.Sites.First(s => s.Name == site), mode);
            var checks = await DrillRunner.RunAsync(options, perState, clients, seen, TimeProvider.System,
                (results.Count * perState) + 1, cancellationToken);
            results.Add(new StateResult(state, checks));
        }

        return results.ToImmutable();
    }

    private static ImmutableDictionary<string, SiteMode> One(string site, SiteMode mode) =>
        ImmutableDictionary<string, SiteMode>.Empty.Add(site, mode);
}
