using System.Collections.Immutable;
using Meridian.Model;
using Meridian.NameServer;

namespace Meridian.Running.Control;

/// <summary>A zone that cannot be compiled from what there is now.</summary>
/// <param name="Faults">Why, at least one.</param>
/// <param name="Handle">Where the steered names of its last good version look for their table; null where there is no
/// such version and it answers SERVFAIL.</param>
internal sealed record ZoneFailure(ImmutableArray<Fault> Faults, SteeringHandle? Handle);
