using System.Collections.Immutable;

namespace Meridian.Dns.Zones;

/// <summary>What a master file holds, and what is wrong with it.</summary>
/// <param name="Records">Its records, in their order.</param>
/// <param name="Faults">What could not be read.</param>
public sealed record MasterContent(ImmutableArray<MasterRecord> Records, ImmutableArray<ZoneFault> Faults)
{
    /// <summary>What was read otherwise than it may have been meant.</summary>
    public ImmutableArray<ZoneFault> Warnings { get; init; } = [];
}
