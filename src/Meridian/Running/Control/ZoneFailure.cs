using System.Collections.Immutable;
using Meridian.Model;

namespace Meridian.Running.Control;

/// <summary>A zone that cannot be compiled from what there is now.</summary>
/// <param name="Faults">Why, at least one.</param>
/// <param name="IsKept">Whether its last good data is served; otherwise it answers SERVFAIL.</param>
internal sealed record ZoneFailure(ImmutableArray<Fault> Faults, bool IsKept);
