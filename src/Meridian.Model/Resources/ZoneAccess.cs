using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>Someone who may transfer or update a zone: by key, by network, or by both together.</summary>
public sealed record ZoneAccess
{
    [Field("Name of the TsigKey that requests are signed with", Default = "any, or none")]
    public string? Key { get; init; }

    [Field("Networks that requests come from, in CIDR form", Default = "any")]
    public ImmutableArray<string> Networks { get; init; } = [];
}
