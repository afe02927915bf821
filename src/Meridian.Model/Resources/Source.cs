using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>A group of clients and the pools that serve it.</summary>
public sealed record Source
{
    [Field("A name for people")]
    public required string Name { get; init; }

    [Field("Networks in CIDR form")]
    public ImmutableArray<string> Networks { get; init; } = [];

    [Field("Autonomous system numbers", Min = "0", Max = "4294967295")]
    public ImmutableArray<long> Asns { get; init; } = [];

    [Field("ISO 3166-1 alpha-2 country codes")]
    public ImmutableArray<string> Countries { get; init; } = [];

    [Field("Continents: AF, AN, AS, EU, NA, OC, SA")]
    public ImmutableArray<string> Continents { get; init; } = [];

    [Field("Names of AddressPools, best first; the endpoint's other pools come after them")]
    public required ImmutableArray<string> Pools { get; init; }
}
