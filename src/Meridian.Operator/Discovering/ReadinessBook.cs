using System.Collections.Immutable;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Operator.Discovering;

/// <summary>
/// Turns readiness in clusters into evidence. Nothing ready behind an object takes its addresses out at once; ready
/// again, they stay out until a probe has confirmed that the way there works too. A cluster that is not heard says
/// nothing: its last word counts for <see cref="Grace"/> and then the probes alone decide. Immutable.
/// </summary>
public sealed record ReadinessBook
{
    /// <summary>How long the last word of a cluster counts that is not heard any more.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(30);

    private readonly ImmutableDictionary<ClusterReference, Note> _notes =
        ImmutableDictionary<ClusterReference, Note>.Empty;

    public static ReadinessBook Empty { get; } = new();

    private ReadinessBook()
    {
    }

    private ReadinessBook(ImmutableDictionary<ClusterReference, Note> notes) => _notes = notes;

    /// <summary>The book after a new discovery; itself where nothing is different.</summary>
    public ReadinessBook With(Discovery discovery, DateTimeOffset now)
    {
        var notes = ImmutableDictionary.CreateBuilder<ClusterReference, Note>();
        foreach (var cluster in discovery.Clusters.Values)
        {
            if (!cluster.Synced || (cluster.Fault is not null && now - cluster.HeardAt > Grace))
                continue;
            foreach (var one in cluster.Objects.Values)
            {
                if (Next(one, now) is { } note)
                    notes[one.Reference] = note;
            }
        }

        return notes.Count == _notes.Count
            && notes.All(n => _notes.GetValueOrDefault(n.Key) == n.Value)
            ? this : new ReadinessBook(notes.ToImmutable());
    }

    /// <summary>What is known besides probes; null for nothing.</summary>
    /// <param name="reference">The object that the address is of.</param>
    /// <param name="succeeded">When the address's last probe succeeded; null where it is not probed or the last one
    /// failed.</param>
    /// <param name="probed">Whether it is probed at all: what is not needs no confirmation.</param>
    public Verdict? Of(ClusterReference reference, DateTimeOffset? succeeded, bool probed) =>
        _notes.GetValueOrDefault(reference) switch
    {
        { Ready: 0 } none => new Verdict(VerdictState.Down, none.Since, $"no ready endpoint behind {reference}"),
        { Ready: > 0 } some when probed && !(succeeded > some.Since) =>
            new Verdict(VerdictState.Down, some.DownSince,
                $"{some.Ready} ready behind {reference} again; waits for a probe to confirm the way there"),
        _ => null,
    };

    /// <summary>The objects that are ready again and may wait for a probe.</summary>
    public IEnumerable<ClusterReference> Returned => _notes.Where(n => n.Value.Ready > 0).Select(n => n.Key);

    private Note? Next(DiscoveredObject one, DateTimeOffset now)
    {
        var before = _notes.GetValueOrDefault(one.Reference);
        return one.Ready switch
        {
            null => null,
            0 => before is { Ready: 0 } ? before : new Note(0, now, now),
            { } ready when before is { Ready: 0 } => new Note(ready, now, before.Since),
            // by now the probes have seen it
            { } ready when before is { Ready: > 0 } =>
                now - before.Since > Grace ? null : before with { Ready = ready },
            _ => null, // never seen without: the probes speak alone
        };
    }

    private sealed record Note(int Ready, DateTimeOffset Since, DateTimeOffset DownSince);
}
