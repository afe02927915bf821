namespace Meridian.Model.Resources;

/// <summary>
/// Marks an address that no resource puts into its pool: the gateway of a node that may hold the tunnels of another
/// pool.
/// </summary>
/// <param name="Node">Name of the Node.</param>
/// <param name="HealthCheck">Name of the check that asks the node whether it can serve the pool.</param>
/// <param name="Pool">The pool that it stands for.</param>
public sealed record GatewayFront(string Node, string HealthCheck, AddressPool Pool);
