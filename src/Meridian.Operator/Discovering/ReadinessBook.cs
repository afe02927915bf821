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

    private readonly ImmutableDictionary<ClusterReference, Readiness> _known =
        ImmutableDictionary<ClusterReference, Readiness>.Empty;

    public static ReadinessBook Empty { get; } = new();

    private ReadinessBook()
    {
    }

    private ReadinessBook(ImmutableDictionary<ClusterReference, Readiness> known) => _known = known;

    /// <summary>The book after a new discovery; the same one where nothing is different.</summary>
    public ReadinessBook With(Discovery discovery, DateTimeOffset now)
    {
        var readiness = ImmutableDictionary.CreateBuilder<ClusterReference, Readiness>();
        foreach (var cluster in discovery.Clusters.Values)
        {
            if (!cluster.Synced || (cluster.Fault is not null && now - cluster.HeardAt > Grace))
                continue;
            foreach (var one in cluster.Objects.Values)
            {
                if (Next(one, now) is { } next)
                    readiness[one.Reference] = next;
            }
        }

        return readiness.Count == _known.Count
            && readiness.All(n => _known.GetValueOrDefault(n.Key) == n.Value)
            ? this : new ReadinessBook(readiness.ToImmutable());
    }

    /// <summary>The verdict by readiness, which stands above the probes; null for none.</summary>
    /// <param name="reference">The object that the address belongs to.</param>
    /// <param name="succeeded">
    /// When the address's last probe succeeded; null where it is not probed or the last one failed.
    /// </param>
    /// <param name="probed">Whether it is probed at all; otherwise it needs no confirmation.</param>
    /// <param name="failed">When its last probe failed and why; null where it did not.</param>
    public Verdict? Of(ClusterReference reference, DateTimeOffset? succeeded, bool probed,
        (DateTimeOffset At, string Reason)? failed = null) =>
        _known.GetValueOrDefault(reference) switch
        {
            { Ready: 0 } none => new Verdict(VerdictState.Down, none.Since, $"no ready endpoint behind {reference}"),
            { Ready: > 0 } some when probed && !(succeeded > some.Since) =>
                new Verdict(VerdictState.Down, some.DownSince,
                    $"{some.Ready} ready behind {reference} again; " + (failed is { } last && last.At > some.Since
                        ? $"the probe that should confirm the way there fails: {last.Reason}"
                        : "waits for a probe to confirm the way there")),
            _ => null,
        };

    /// <summary>The objects that are ready again and may wait for a probe.</summary>
    public IEnumerable<ClusterReference> Returned => _known.Where(n => n.Value.Ready > 0).Select(n => n.Key);

    private Readiness? Next(DiscoveredObject one, DateTimeOffset now)
    {
        var before = _known.GetValueOrDefault(one.Reference);
        return one.Ready switch
        {
            null => null,
            0 => before is { Ready: 0 } ? before : new Readiness(0, now, now),
            { } ready when before is { Ready: 0 } => new Readiness(ready, now, before.Since),
            // Past the grace the probes have seen it as well.
            { } ready when before is { Ready: > 0 } =>
                now - before.Since > Grace ? null : before with { Ready = ready },
            _ => null, // it never was without ready endpoints, so the probes decide alone
        };
    }

    private sealed record Readiness(int Ready, DateTimeOffset Since, DateTimeOffset DownSince);
}
