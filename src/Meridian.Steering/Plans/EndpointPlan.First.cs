namespace Meridian.Steering.Plans;

/// <summary>
/// The pool that a client gets while nothing ramps: compiled when the plan is made, so that a query only looks it up or
/// draws it. It is the head of <see cref="Order"/>, which stays for ramps and explanations; where chance draws, it has
/// the same shares, and not the same draw.
/// </summary>
public sealed partial class EndpointPlan
{
    private readonly Selector _first;
    private readonly AddressRuns _runsV4;
    private readonly AddressRuns _runsV6;

    // From when on the choice is compiled: when the last ramp ends; never where the plan has to be asked each time.
    private readonly long _calmFrom;

    private int First(scoped in ClientView client, ulong draw, out byte scope)
    {
        scope = 0;
        return _first.Select(client, Mixing.Mix(draw), ref scope);
    }

    private long CalmFrom() => !AnyServes || Endpoint.BackupAnswer ? long.MaxValue : _rampedUp.UtcTicks;

    private DateTimeOffset RampedUp() => Pools.Where(p => p.RecoveredAt is not null)
        .Select(p => p.RecoveredAt!.Value + Endpoint.Recovery.Ramp).DefaultIfEmpty().Max();
}
