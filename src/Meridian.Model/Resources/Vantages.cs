using System.Collections.Immutable;
using Meridian.Model.Binding;
using Meridian.Model.Values;

namespace Meridian.Model.Resources;

/// <summary>Which nodes of a cluster judge a target, and how many of them must agree.</summary>
public sealed record Vantages
{
    [Field("Names of nodes or regions whose nodes judge; all nodes if empty", MaxItems = 64)]
    public ImmutableArray<string> From { get; init; } = [];

    [Field("How many must see the address down before it is down: `majority`, `all`, `one` or a number")]
    public QuorumSize Down { get; init; } = QuorumSize.Majority;

    [Field("How many must see the address up before it is up again: `majority`, `all`, `one` or a number")]
    public QuorumSize Up { get; init; } = QuorumSize.Majority;

    [Field("From how many regions, of those that judge, at least one node must see the address down",
        Min = "1", Max = "100")]
    public int MinRegions { get; init; } = 2;

    [Field("Whose verdict a node acts on: `regional` leaves out what its own region cannot reach, `global` only what " +
        "all agree on, `local` what the node itself cannot reach")]
    public VantageView View { get; init; } = VantageView.Regional;
}
