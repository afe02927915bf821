namespace Meridian.Api;

/// <summary>Everything that the management API asks of a node.</summary>
public sealed record ManagementContracts(IStatus Status, IOverrides Overrides, IHistory History, IRecords Records,
    ITunnels Tunnels, IFleet Fleet);
