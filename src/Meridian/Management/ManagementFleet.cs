using System.Collections.Immutable;
using Meridian.Api;
using Meridian.Api.Contracts;
using Meridian.Fleet.Votes;
using Meridian.Model.Verdicts;
using Meridian.Running;
using Meridian.Running.Features;
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
                .. from member in report.Members.Values
                   select new MemberStatus(member.Name, member.Region, member.Version, member.Started, member.Illness,
                       member.Name == report.Self?.Name, down.GetValueOrDefault(member.Name)),
            ],
        };
    }
}
