using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Running;

namespace Meridian.Management;

/// <summary>The one place that knows which parts of a running node the management API is about.</summary>
internal static class NodeManagement
{
    public static ManagementParts Of(Node node, TimeProvider time)
    {
        var status = new ManagementStatus(new StatusSources
        {
            Node = node.Name,
            StartedAt = node.StartedAt,
            NotReady = () => node.NotReady,
            Configuration = () => new ConfigurationStatus(node.ConfiguredAt,
                [.. node.ConfigurationFaults.Select(f => f.ToString())]),
            StateFault = () => node.StateFault,
            Resources = () => node.Resources,
            Table = () => node.Table,
            Overrides = () => node.Overrides,
            Health = node.Health,
            Loads = node.Loads,
            LoadFaultOf = node.LoadFaultOf,
            InFlight = node.InFlight,
        }, time);
        var contracts = new ManagementContracts(
            status,
            new ManagementOverrides(() => node.Overrides, () => node.Table, node.SetOverrideAsync,
                node.ClearOverrideAsync),
            node.Events,
            new ManagementRecords(node.Records, node.Post, time),
            new ManagementTunnels(node.Tunnels, () => node.Resources, time));
        return new ManagementParts(contracts, () => node.Resources, node.ClientOf,
            meters => NodeMetrics.Register(meters, node));
    }
}
