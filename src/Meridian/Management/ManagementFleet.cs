using System.Collections.Immutable;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Fleet.Membership;
using Meridian.Fleet.Votes;
using Meridian.Model.Verdicts;
using Meridian.Running;
using Meridian.Running.Features;
using Meridian.State.Shared;
using Meridian.Steering.Explaining;

namespace Meridian.Management;

/// <summary>The cluster of nodes, as this one sees it.</summary>
internal sealed class ManagementFleet(FleetFeature? fleet) : IFleet
{
    public FleetStatus? Status => fleet is null ? null : Of(fleet.Report);

    /// <summary>Every node's word on a target; empty where all agree, or the node is alone.</summary>
    public ImmutableArray<VoteExplanation> VotesOn(ProbeKey key) =>
    [
        .. from vote in fleet?.VotesOn(key) ?? []
           select new VoteExplanation(vote.Node, vote.Region, vote.State.ToString(),
               vote.State == VoteState.Down ? vote.Since : null, vote.Reason),
    ];

    public async Task<string?> DrainAsync(string node, DrainStatus drain) => FaultOf(await fleet!.Register.DrainAsync(
        node, new NodeDrain(drain.Author, drain.Reason, drain.Created, drain.Expires)));

    public async Task<string?> RestoreAsync(string node) => FaultOf(await fleet!.Register.RestoreAsync(node));

    public async Task<string?> ForgetAsync(string node) => FaultOf(await fleet!.Register.ForgetAsync(node));

    private static string? FaultOf(SharedOutcome outcome) => outcome switch
    {
        SharedOutcome.Committed => null,
        SharedOutcome.Unavailable away => $"the shared store did not take it: {away.Reason}",
        _ => "it has come back meanwhile",
    };

    private static FleetStatus Of(FleetReport report)
    {
        var down = report.Held.Values.SelectMany(v => v.Votes).Where(v => v.State == VoteState.Down)
            .CountBy(v => v.Node).ToDictionary();
        return new FleetStatus
        {
            Attached = report.IsAttached,
            Trouble = report.Trouble,
            Fault = report.Fault,
            Revision = report.Revision,
            Written = report.Written,
            Waiting = report.Waiting,
            Nodes =
            [
                .. from name in report.Members.Keys.Union(report.Known.Keys).Order(StringComparer.Ordinal)
                   let here = report.Members.GetValueOrDefault(name)
                   let known = report.Known.GetValueOrDefault(name)
                   select new MemberStatus(name, here?.Region ?? known.Region, here?.Version ?? known.Version,
                       here is not null, here?.Started, here?.Illness, name == report.Self?.Name,
                       down.GetValueOrDefault(name), DrainOf(report.Drains.GetValueOrDefault(name))),
            ],
        };
    }

    private static DrainStatus? DrainOf(NodeDrain? drain) =>
        drain is null ? null : new DrainStatus(drain.Author, drain.Reason, drain.Created, drain.Expires);
}
