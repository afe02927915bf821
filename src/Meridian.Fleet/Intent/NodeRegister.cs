using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Meridian.Fleet.Membership;
using Meridian.State.Shared;

namespace Meridian.Fleet.Intent;

/// <summary>
/// Which nodes there are, and which of them are drained, as the shared store keeps it for good. A change is on a
/// majority of the store's members before whoever asked for it is told so.
/// </summary>
/// <param name="shared">The shared store.</param>
public sealed class NodeRegister(ISharedStore shared)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    /// <summary>Writes down that a node has joined.</summary>
    public Task<SharedOutcome> IntroduceAsync(KnownNode node) =>
        CommitAsync([Write(FleetKeys.KnownNode(node.Name), node, FleetJson.Default.KnownNode)]);

    /// <summary>Drains a node.</summary>
    public Task<SharedOutcome> DrainAsync(string node, NodeDrain drain) =>
        CommitAsync([Write(FleetKeys.Drain(node), drain, FleetJson.Default.NodeDrain)]);

    /// <summary>Lets a node back.</summary>
    public Task<SharedOutcome> RestoreAsync(string node) =>
        CommitAsync([new SharedWrite(FleetKeys.Drain(node), null)]);

    /// <summary>
    /// Forgets a node and whether it is drained; a conflict where its session lasts.
    /// </summary>
    public Task<SharedOutcome> ForgetAsync(string node) => CommitAsync(
        [new SharedWrite(FleetKeys.KnownNode(node), null), new SharedWrite(FleetKeys.Drain(node), null)],
        new SharedCondition(FleetKeys.Node(node), 0));

    private Task<SharedOutcome> CommitAsync(SharedWrite[] writes, params SharedCondition[] conditions) =>
        shared.CommitAsync(new SharedTransaction([.. writes]) { Conditions = [.. conditions] }, Limit);

    private static SharedWrite Write<T>(string key, T value, JsonTypeInfo<T> type) =>
        new(key, JsonSerializer.Serialize(value, type));
}
