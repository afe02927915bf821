using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Operator.Discovering;

/// <summary>
/// Turns readiness in clusters into evidence. An object with no ready endpoint has its addresses taken out at once;
/// when endpoints are ready again, the addresses stay out until a probe has confirmed that they can be reached.
/// Readiness in an unreachable cluster counts for <see cref="Grace"/>, and then the probes alone decide. Immutable.
/// </summary>
public sealed record ReadinessBook
{
    /// <summary>How long readiness counts after its cluster was last reached.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly ImmutableDictionary<ScopeKey, Readiness> _known = ImmutableDictionary<ScopeKey, Readiness>.Empty;
    private readonly ImmutableDictionary<ClusterReference, ImmutableArray<Backend>> _behind =
        ImmutableDictionary<ClusterReference, ImmutableArray<Backend>>.Empty;

    public static ReadinessBook Empty { get; } = new();

    private ReadinessBook()
    {
    }

    private ReadinessBook(ImmutableDictionary<ScopeKey, Readiness> known,
        ImmutableDictionary<ClusterReference, ImmutableArray<Backend>> behind) => (_known, _behind) = (known, behind);

    /// <summary>The book after a new discovery; the same one where nothing is different.</summary>
    public ReadinessBook With(Discovery discovery, DateTimeOffset now)
    {
        var readiness = ImmutableDictionary.CreateBuilder<ScopeKey, Readiness>();
        var behind = ImmutableDictionary.CreateBuilder<ClusterReference, ImmutableArray<Backend>>();
        foreach (var cluster in discovery.Clusters.Values)
        {
            if (!cluster.Synced || (cluster.Fault is not null && now - cluster.AnsweredAt > Grace))
                continue;
            foreach (var one in cluster.Objects.Values)
            {
                behind[one.Reference] = one.Backends;
                foreach (var key in KeysOf(one))
                {
                    var ready = one.Backends.IsEmpty
                        ? one.Ready : Backends.ReadyIn(one.Backends, key.Scope, key.Policy);
                    if (Next(key, ready, now) is { } next)
                        readiness[key] = next;
                }
            }
        }

        return readiness.Count == _known.Count && readiness.All(n => _known.GetValueOrDefault(n.Key) == n.Value)
            && behind.Count == _behind.Count
            && behind.All(b => _behind.TryGetValue(b.Key, out var before) && IsSameScopes(b.Value, before))
            ? this : new ReadinessBook(readiness.ToImmutable(), behind.ToImmutable());
    }

    /// <summary>The verdict by readiness, which stands above the probes; null for none.</summary>
    /// <param name="reference">The object that the address belongs to.</param>
    /// <param name="succeeded">
    /// When the address's last probe succeeded; null where it is not probed or the last one failed.
    /// </param>
    /// <param name="probed">Whether it is probed at all; otherwise it needs no confirmation.</param>
    /// <param name="failed">When its last probe failed and why; null where it did not.</param>
    /// <param name="host">The host name whose Services count; null for all behind the object.</param>
    /// <param name="policy">Whether any of them is enough.</param>
    public Verdict? Of(ClusterReference reference, DateTimeOffset? succeeded, bool probed,
        (DateTimeOffset At, string Reason)? failed = null, string? host = null,
        ServiceHealthPolicy policy = ServiceHealthPolicy.Any)
    {
        var behind = _behind.GetValueOrDefault(reference, []);
        var scope = Backends.ScopeOf(behind, host);
        var place = scope == Backends.All || behind.All(b => b.Scope == scope)
            ? $"{reference}" : $"{host} of {reference}";
        return _known.GetValueOrDefault(new ScopeKey(reference, scope, policy)) switch
        {
            { Ready: 0 } none => new Verdict(VerdictState.Down, none.Since, policy == ServiceHealthPolicy.All
                ? $"a Service without a ready endpoint behind {place}" : $"no ready endpoint behind {place}"),
            { Ready: > 0 } some when probed && !(succeeded > some.Since) =>
                new Verdict(VerdictState.Down, some.DownSince,
                    $"{some.Ready} ready behind {place} again; " + (failed is { } last && last.At > some.Since
                        ? $"the probe that should confirm the way there fails: {last.Reason}"
                        : "waits for a probe to confirm the way there")),
            _ => null,
        };
    }

    /// <summary>The objects that are ready again and may wait for a probe.</summary>
    public IEnumerable<ClusterReference> Returned =>
        _known.Where(n => n.Value.Ready > 0).Select(n => n.Key.Reference).Distinct();

    private static IEnumerable<ScopeKey> KeysOf(DiscoveredObject one) => Backends.ScopesOf(one.Backends)
        .SelectMany(s => new[] { ServiceHealthPolicy.Any, ServiceHealthPolicy.All }
            .Select(p => new ScopeKey(one.Reference, s, p)));

    private static bool IsSameScopes(ImmutableArray<Backend> one, ImmutableArray<Backend> other) =>
        one.Select(b => b.Scope).SequenceEqual(other.Select(b => b.Scope));

    private Readiness? Next(ScopeKey key, int? ready, DateTimeOffset now)
    {
        var before = _known.GetValueOrDefault(key);
        return ready switch
        {
            null => null,
            0 => before is { Ready: 0 } ? before : new Readiness(0, now, now),
            { } some when before is { Ready: 0 } => new Readiness(some, now, before.Since),
            // Past the grace the probes have seen it as well.
            { } some when before is { Ready: > 0 } =>
                now - before.Since > Grace ? null : before with { Ready = some },
            _ => null, // it never was without ready endpoints, so the probes decide alone
        };
    }

    // What is ready behind one host of an object, by one policy.
    private readonly record struct ScopeKey(ClusterReference Reference, string Scope, ServiceHealthPolicy Policy);

    private sealed record Readiness(int Ready, DateTimeOffset Since, DateTimeOffset DownSince);
}
