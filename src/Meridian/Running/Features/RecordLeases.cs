using System.Collections.Immutable;
using Meridian.Model.Records;

namespace Meridian.Running.Features;

/// <summary>
/// What becomes of the records of clients that are silent. After half of its lease a client is warned of; after the
/// whole lease its targets lapse where probes find them down. Pure.
/// </summary>
internal static class RecordLeases
{
    /// <summary>Whether a client has been silent for more than half of its lease.</summary>
    public static bool IsSilent(RecordOwner owner, DateTimeOffset now) => now - owner.HeardAt > owner.Lease / 2;

    /// <summary>What has changed since the last review.</summary>
    /// <param name="owners">The clients.</param>
    /// <param name="lapsed">Sources that have lapsed.</param>
    /// <param name="warned">Ids of clients that were warned of.</param>
    /// <param name="now">The time.</param>
    /// <param name="isDown">Whether probes find the pool of a contribution down.</param>
    public static LeaseReview Review(IEnumerable<RecordOwner> owners, ImmutableHashSet<string> lapsed,
        ImmutableHashSet<string> warned, DateTimeOffset now, Func<string, bool> isDown)
    {
        var messages = ImmutableArray.CreateBuilder<(string, string)>();
        foreach (var owner in owners)
        {
            if (!IsSilent(owner, now))
            {
                if (warned.Contains(owner.Id))
                    messages.Add((owner.Id, $"{owner.Id} is heard again"));
                warned = warned.Remove(owner.Id);
                lapsed = lapsed.Except(RecordComposer.Contributions([owner]).Select(c => c.Source));
                continue;
            }

            if (owner.Records.IsEmpty)
                continue;
            if (!warned.Contains(owner.Id))
                messages.Add((owner.Id, Warning(owner)));
            warned = warned.Add(owner.Id);
            if (now - owner.HeardAt <= owner.Lease)
                continue;
            foreach (var one in RecordComposer.Contributions([owner])
                .Where(c => !lapsed.Contains(c.Source) && isDown(c.Pool)))
            {
                lapsed = lapsed.Add(one.Source);
                messages.Add((owner.Id, $"{one.Source} has lapsed: its cluster is silent and its probes fail"));
            }
        }

        return new LeaseReview(messages.ToImmutable(), lapsed, warned);
    }

    private static string Warning(RecordOwner owner) =>
        $"{owner.Id} has not been heard since {owner.HeardAt:u}; at {owner.HeardAt + owner.Lease:u} those of its " +
        "targets leave their names whose probes fail";
}
