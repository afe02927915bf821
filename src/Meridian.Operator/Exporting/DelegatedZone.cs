using System.Collections.Immutable;

namespace Meridian.Operator.Exporting;

/// <summary>A zone whose delegation is to be written into its parent.</summary>
/// <param name="Name">Name of the Zone.</param>
/// <param name="Ttl">TTL of the records.</param>
/// <param name="Records">Name, type and values of each record set in the parent.</param>
public sealed record DelegatedZone(string Name, TimeSpan Ttl,
    ImmutableArray<(string Name, string Type, ImmutableArray<string> Values)> Records);
