using System.Collections.Immutable;
using Meridian.Api;
using Meridian.Api.Access;
using Meridian.Api.Contracts;
using Meridian.Health.Overrides;
using Meridian.Model;
using Meridian.Model.History;
using Meridian.Model.Loads;
using Meridian.Model.Records;
using Meridian.Model.Verdicts;
using Meridian.Running.Features;
using Meridian.Steering;

namespace Meridian.Running;

internal sealed partial class Node : INode
{
    ResourceSet INode.Resources => State.Resources;
    SteeringTable INode.Table => State.Table;
    OverrideBook INode.Overrides => State.Overrides;
    DateTimeOffset INode.ConfiguredAt => State.ConfiguredAt;
    ImmutableArray<Fault> INode.ConfigurationFaults => State.Faults;
    string? INode.StateFault => Store.Fault;
    ILoads INode.Loads => Loads.Book;
    public int? InFlight(string pool, string address) => Gateway?.InFlight.Where(l => l.Pool == pool && l.Host == address).Sum(l => l.InFlight);
    public string? LoadFaultOf(LoadKey key) => Loads.FaultOf(key);
    public ImmutableArray<ClientRecord> RecordsOf(Caller caller) => Records.Of(caller);
    public Task<string?> ChangeRecordsAsync(Caller caller, RecordChanges changes) => Records.ChangeAsync(caller, changes);
    ImmutableArray<TunnelStatus> INode.Tunnels => TunnelReport.Of(Tunnels.Hub);
    public string? TunnelAuthority => Tunnels.Authority;
    public Enrollment? Enroll(string agent) => Tunnels.Authority is { } authority ? Enrollment.EnrollAsync(agent, authority).GetAwaiter().GetResult() : null;
    public async Task SetOverrideAsync(Override word)
    {
        if (await Overrides.SetAsync(word) is { } fault)
            throw new InvalidOperationException(fault);
    }

    public async Task<bool> ClearOverrideAsync(OverrideTarget target, string author)
    {
        if (!State.Overrides.Overrides.Any(o => o.Target == target))
            return false;
        return await Overrides.ClearAsync(target, author) is null;
    }

    public ImmutableArray<HistoryEvent> RecentEvents(int count) => History.Recent(count);
    public IAsyncEnumerable<HistoryEvent> FollowAsync(CancellationToken cancellationToken) => History.FollowAsync(cancellationToken);
}
