using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Meridian.Geography;
using Meridian.Model.Loads;
using Meridian.Model.Verdicts;
using Meridian.Steering.Plans;

namespace Meridian.Steering.Explaining;

/// <summary>
/// Explains the whole decision for a client, from the same table and by the same code that answers queries.
/// </summary>
public static class Explainer
{
    /// <summary>Null where no enabled endpoint has the name.</summary>
    public static Explanation? Explain(SteeringTable table, string name, IPAddress address, int bits, AddressKind kind,
        ulong draw, DateTimeOffset now, ILoads? loads = null)
    {
        if (table.Find(name) is not { } plan)
            return null;
        var octets = address.IsIPv4MappedToIPv6 ? address.MapToIPv4().GetAddressBytes() : address.GetAddressBytes();
        var client = new ClientView(octets, bits);
        var order = new int[plan.Pools.Length];
        plan.Order(client, draw, now, order, out _);
        var picks = new Pick[64];
        var decision = plan.Choose(kind, client, draw, now, picks);
        var picked = picks.AsSpan(0, decision.Count).ToArray();
        if (plan.PoolOrder.ByChance && picked is [{ Pool: >= 0 } drawn, ..])
            LeadWith(drawn.Pool, order);
        var place = table.Geo.PlaceOf(octets);
        var pools = order.Select((index, rank) => PoolOf(plan, index, rank + 1, place?.Point, picked, now, loads))
            .ToImmutableArray();
        var chance = plan.PoolOrder.ByChance || plan.Pools.Any(p => p.Picker.ByChance && p.Addresses.Length > 1);
        var answer = new AnswerExplanation(
            decision.Outcome.ToString(),
            [.. picked.Select(p => p.Pool < 0
                ? plan.Shape.Fallback[p.Address].Value : plan.Pools[p.Pool].Addresses[p.Address].Shape.Value)],
            (int)plan.Ttl(now).TotalSeconds,
            plan.TtlReason(now),
            decision.ScopeBits,
            chance);
        var behind = plan.Behind is { } forwarding ? Ordered(forwarding, client, draw, place?.Point, now, loads) : [];
        return new Explanation
        {
            Name = name,
            Endpoint = plan.Endpoint.Name,
            Hostname = plan.Shape.Hostname,
            Policy = plan.Endpoint.Policy.ToString(),
            Client = new ClientExplanation($"{new IPAddress(octets)}/{bits}", place?.ToString(), place?.Country,
                place?.Continent,
                place?.Point?.Latitude, place?.Point?.Longitude, table.Geo.SystemOf(octets), table.Geo.Descriptions),
            Pools = pools,
            Behind = behind,
            Answer = answer,
            Steps = StepWriter.Write(plan, table.Geo, place, client, pools, behind, decision, answer, now),
        };
    }

    // A query draws its pool alone, and not an order of all: what is shown begins with the one that was drawn.
    private static void LeadWith(int pool, Span<int> order)
    {
        var at = order.IndexOf(pool);
        order[..at].CopyTo(order[1..]);
        order[0] = pool;
    }

    private static ImmutableArray<PoolExplanation> Ordered(EndpointPlan plan, in ClientView client, ulong draw,
        GeoPoint? place, DateTimeOffset now, ILoads? loads)
    {
        var order = new int[plan.Pools.Length];
        plan.Order(client, draw, now, order, out _);
        return [.. order.Select((index, rank) => PoolOf(plan, index, rank + 1, place, [], now, loads))];
    }

    private static PoolExplanation PoolOf(EndpointPlan plan, int index, int rank, GeoPoint? client, Pick[] picked,
        DateTimeOffset now, ILoads? loads)
    {
        var pool = plan.Pools[index];
        var site = pool.Shape.Site;
        return new PoolExplanation
        {
            Rank = rank,
            Name = pool.Shape.Pool.Name,
            Site = site?.Name,
            State = pool.State.ToString(),
            Since = pool.Since,
            DistanceKm = site is not null && client is { } point
                ? Math.Round(point.DistanceTo(new GeoPoint(site.Latitude, site.Longitude)))
                : null,
            Weight = pool.Weight,
            Utilisation = pool.ByLoad?.Utilisation is { } used ? Math.Round(used, 3) : null,
            WeightReason = pool.ByLoad is { } weight ? LoadText.Of(weight.Reason) : null,
            Share = Math.Round(pool.Share(now, plan.Endpoint.Recovery.Ramp), 2),
            Up = pool.UpCount,
            MinHealthy = pool.Shape.MinHealthy,
            Chosen = picked.Any(p => p.Pool == index),
            Addresses = [.. pool.Addresses
                .Select((a, i) => AddressOf(pool, a, picked.Contains(new Pick(index, i)), now, loads))],
        };
    }

    private static AddressExplanation AddressOf(PoolPlan pool, AddressPlan address, bool answered, DateTimeOffset now,
        ILoads? loads) => new(
        address.Shape.Value,
        address.State.ToString(),
        address.Verdict.State.ToString(),
        address.Verdict.Reason + (address.Verdict.Remembered
            ? " (remembered from before the restart, not probed yet)" : ""),
        address.Verdict.Since,
        address.Override is { } set
            ? $"{set.State.ToString().ToLowerInvariant()} by {set.Author}: {set.Reason}" +
                (set.Expires is { } end
                    ? $" (until {end.UtcDateTime.ToString("u", CultureInfo.InvariantCulture)})" : "")
            : null,
        address.Shape.Source.Weight,
        loads?.Of(pool.KeyOf(address)) is { } figure
        ? LoadText.Of(figure, pool.Shape.Signal, pool.CapacityOf(address, loads), now) : null,
        address.Shape.Source.Origin,
        answered)
        {
            Site = address.Shape.Site,
            Disagreement = address.Override is { } placed ? OverrideDisagreement.Of(placed.State,
                address.Verdict.State.ToString(), address.Verdict.Reason) : null,
        };
}
