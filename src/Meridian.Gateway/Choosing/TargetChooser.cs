using Meridian.Gateway.Routing;
using Meridian.Gateway.Upstreams;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Gateway.Choosing;

/// <summary>
/// Picks the address for a request: the first pool in the steering order that has room, and within it the better of two
/// drawn by weight (Mitzenmacher, "The power of two choices in randomized load balancing", 2001). Allocates nothing.
/// </summary>
internal static class TargetChooser
{
    /// <summary>
    /// A session leaves its address when that has so much more than the mean (bounded-load consistent hashing, Mirrokni
    /// et al. 2016).
    /// </summary>
    private const double SessionBound = 1.25;

    // An address that says it is full costs more than any that does not.
    private const double FullCost = 1e12;

    // How hard an address is looked for.
    private enum Pass
    {
        /// <summary>One that is up and has room, in a pool that has room.</summary>
        WithRoom,

        /// <summary>One that is up, full or not.</summary>
        Up,

        /// <summary>One that is healthy and that a person drained, where no other is up.</summary>
        Drained,

        /// <summary>
        /// One that is resting after failures; and one that health took out, where too many are out to be believed.
        /// </summary>
        Any,
    }

    /// <param name="route">The endpoint.</param>
    /// <param name="order">Its pools, the best for the client first.</param>
    /// <param name="tried">Addresses that this request has been at.</param>
    /// <param name="session">Hash of the session; 0 for none.</param>
    /// <param name="random">Source of chance.</param>
    /// <returns>Null where nothing is left that could serve.</returns>
    public static Target? Choose(Route route, ReadOnlySpan<int> order, ReadOnlySpan<Upstream?> tried, ulong session,
        Random random)
    {
        foreach (var pass in (ReadOnlySpan<Pass>)[Pass.WithRoom, Pass.Up, Pass.Drained, Pass.Any])
        {
            foreach (var place in order)
            {
                var tier = route.Tiers[place];
                if (pass == Pass.WithRoom && (!tier.Pool.Serves || !HasRoom(route, tier)))
                    continue;
                if (Pick(route, tier, pass, tried, session, random) is { } target)
                    return target;
            }
        }

        return null;
    }

    // Where nothing says how busy the pool is, only what its addresses say of being full counts (IsCandidate).
    private static bool HasRoom(Route route, Tier tier)
    {
        var (work, room) = (0.0, 0.0);
        foreach (var target in tier.Targets)
        {
            if (!target.IsUp || target.Utilisation is not { } used)
                continue;
            var share = tier.ByCapacity ? target.Capacity.Requests!.Value : 1;
            work += used * share;
            room += share;
        }

        return room == 0 || !tier.Spill.Update(work / room, route.Options.Source.SpillAbove);
    }

    // Addresses that health took out may serve where too many are out to be believed. One that a person took out never
    // does.
    private static bool MayUseDown(Route route) => route.Panics && (route.Count.Up > 0 || ServesWhenAllDown(route));

    // The same as the endpoint's DNS does when no address of it is up.
    private static bool MayUseDrained(Route route) => route.Count.Up == 0 && ServesWhenAllDown(route);

    private static bool ServesWhenAllDown(Route route) =>
        route.Plan.Endpoint.WhenAllDown is WhenAllDown.ServeAll or WhenAllDown.LastKnownGood;

    private static Target? Pick(Route route, Tier tier, Pass pass, ReadOnlySpan<Upstream?> tried, ulong session,
        Random random)
    {
        var ramp = route.Plan.Endpoint.Recovery.Ramp;
        var (count, total, standby) = (0, 0.0, true);
        Target? only = null;
        do
        {
            // Addresses of weight 0 are used only where there is nothing else.
            standby = !standby;
            foreach (var target in tier.Targets)
            {
                if (!IsCandidate(route, target, pass, tried, standby))
                    continue;
                count++;
                total += WeightOf(tier, target, ramp);
                only = target;
            }
        }
        while (count == 0 && !standby);

        if (count < 2)
            return only;
        if (session != 0 && OfSession(route, tier, pass, tried, standby, session, count) is { } sticky)
            return sticky;
        var first = Draw(route, tier, pass, tried, standby, ramp, random.NextDouble() * total, null)!;
        var second = Draw(route, tier, pass, tried, standby, ramp,
            random.NextDouble() * (total - WeightOf(tier, first, ramp)), first)!;
        return Cost(tier, second, first, ramp) < Cost(tier, first, second, ramp) ? second : first;
    }

    private static Target? Draw(
        Route route, Tier tier, Pass pass, ReadOnlySpan<Upstream?> tried, bool standby, TimeSpan ramp, double at,
        Target? except)
    {
        Target? last = null;
        foreach (var target in tier.Targets)
        {
            if (ReferenceEquals(target, except) || !IsCandidate(route, target, pass, tried, standby))
                continue;
            last = target;
            at -= WeightOf(tier, target, ramp);
            if (at < 0)
                break;
        }

        // An address may have begun to rest since the weights were added up.
        return last ?? except;
    }

    private static Target? OfSession(Route route, Tier tier, Pass pass, ReadOnlySpan<Upstream?> tried, bool standby,
        ulong session, int count)
    {
        var work = 0;
        foreach (var target in tier.Targets)
        {
            if (IsCandidate(route, target, pass, tried, standby))
                work += target.Upstream.InFlight;
        }

        var bound = (SessionBound * (work + 1) / count) + 1;
        var (best, bestScore) = ((Target?)null, 0UL);
        foreach (var target in tier.Targets)
        {
            if (!IsCandidate(route, target, pass, tried, standby) || target.Upstream.InFlight > bound)
                continue;
            var score = Mixing.Mix(session ^ target.Upstream.Seed);
            if (score >= bestScore)
                (best, bestScore) = (target, score);
        }

        return best;
    }

    private static bool IsCandidate(Route route, Target target, Pass pass, ReadOnlySpan<Upstream?> tried, bool standby)
    {
        if (target.Weight > 0 == standby || target.Address.State == VerdictState.Draining != (pass == Pass.Drained))
            return false;
        var fits = pass switch
        {
            Pass.WithRoom => target.IsUp && !target.Upstream.IsResting && !target.Upstream.IsFull,
            Pass.Up => target.IsUp && !target.Upstream.IsResting,
            Pass.Drained => target.Address.Verdict.State == VerdictState.Up && MayUseDrained(route),
            Pass.Any => target.IsUp || (target.Address.Override is null && MayUseDown(route)),
        };
        return fits && !tried.Contains(target.Upstream);
    }

    private static double WeightOf(Tier tier, Target target, TimeSpan ramp)
    {
        var capacity = tier.ByCapacity ? target.Capacity.Requests!.Value : 1;
        return Math.Max(1, target.Weight) * capacity * target.Upstream.Share(ramp);
    }

    // An address that has not answered yet is taken to be as fast as the other one.
    private static double Cost(Tier tier, Target target, Target other, TimeSpan ramp)
    {
        var time = target.Upstream.FirstByte;
        if (time <= 0)
            time = other.Upstream.FirstByte;
        var (reported, inFlight) = (target.Upstream.Reported, target.Upstream.InFlight);
        var work = Math.Max(target.Upstream.Work, reported.Requests(inFlight));
        var cost = (time <= 0 ? 1 : time) * (work + 1) / WeightOf(tier, target, ramp);
        return reported.Utilisation(target.Capacity, inFlight) >= 1 ? FullCost + cost : cost;
    }
}
