using System.Collections.Immutable;
using System.Net;
using Meridian.Drill;

namespace Meridian.Demo;

/// <summary>
/// The five-state failover drill on two of the demo's sites: both up, the preferred one down, both down, the other one
/// back, the preferred one back.
/// </summary>
internal static class FiveStates
{
    private static readonly ImmutableArray<DrillState> States =
    [
        new("both up", ImmutableDictionary<string, SiteMode>.Empty, "hanoi"),
        new("hanoi down", One("hanoi", SiteMode.Refuse), "hongkong"),
        new("both down", One("hongkong", SiteMode.Refuse), null),
        new("hongkong back", One("hongkong", SiteMode.Ok), "hongkong"),
        new("hanoi back", One("hanoi", SiteMode.Ok), "hanoi"),
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
        DemoWorld world, DrillOptions options, TimeSpan length, Action<DrillState> entered, Action<DrillCheck> seen, CancellationToken cancellationToken)
    {
        var clients = DrillRunner.Clients(options, TimeProvider.System);
        var perState = Math.Max(1, (int)(length / options.Interval));
        var results = ImmutableArray.CreateBuilder<StateResult>();
        foreach (var state in States)
        {
            cancellationToken.ThrowIfCancellationRequested();
            entered(state);
            foreach (var (site, mode) in state.Switches)
                await world.Site(site).SwitchAsync(mode);
            var checks = await DrillRunner.RunAsync(options, perState, clients, seen, TimeProvider.System, (results.Count * perState) + 1, cancellationToken);
            results.Add(new StateResult(state, checks));
        }

        return results.ToImmutable();
    }

    private static ImmutableDictionary<string, SiteMode> One(string site, SiteMode mode) =>
        ImmutableDictionary<string, SiteMode>.Empty.Add(site, mode);
}
