using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Running;

namespace Meridian.Management;

/// <summary>The one place that knows which parts of a running node the management API is about.</summary>
internal static class NodeManagement
{
    public static ManagementParts Of(Node node, TimeProvider time)
    {
        var fleet = new ManagementFleet(node.Fleet);
        var status = new ManagementStatus(new StatusSources
        {
            Node = node.Name,
            StartedAt = node.StartedAt,
            NotReady = () => node.NotReady,
            Warnings = () => node.Warnings,
            Configuration = () => new ConfigurationStatus(node.State.ConfiguredAt,
                [.. node.State.Faults.Select(f => f.ToString())]),
            StateFault = () => node.Store.Fault ?? node.Fleet?.Fault,
            Resources = () => node.State.Resources,
            Table = () => node.State.Table,
            Overrides = () => node.State.Overrides,
            Health = node.Health,
            VerdictOf = key => node.Fleet?.Held.GetValueOrDefault(key)?.Verdict ?? node.Health.Find(key)?.Verdict,
            VotesOn = fleet.VotesOn,
            Loads = node.Loads.Book,
            LoadFaultOf = node.Loads.FaultOf,
            InFlight = (pool, address) => node.Gateway?.InFlight
                .Where(l => l.Pool == pool && l.Host == address).Sum(l => l.InFlight),
        }, time);
        var contracts = new ManagementContracts(
            status,
            new ManagementOverrides(node.Overrides, () => node.State, node.Judge, node.Fleet, time),
            node.History,
            new ManagementRecords(node.Records),
            new ManagementTunnels(node.Tunnels, node.Enrollment, () => node.State.Resources),
            fleet);
        return new ManagementParts(contracts, () => node.State.Resources, node.ClientOf,
            meters => NodeMetrics.Register(meters, node));
    }
}
