using Meridian.Model.Binding;
using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

/// <summary>Finds the faults that no single field shows: references, ranges across fields, contradictions.</summary>
internal static class Validator
{
    /// <param name="set">What could be read.</param>
    /// <param name="flawed">Those of it that have a fault already.</param>
    /// <param name="declared">
    /// Every resource that is declared, also those that could not be read; null where not even that is known.
    /// </param>
    /// <param name="locations">Where fields were read.</param>
    /// <param name="faults">Gets the faults.</param>
    public static void Check(ResourceSet set, IReadOnlySet<Resource> flawed,
        IReadOnlySet<(string Kind, string Name)>? declared, LocationMap locations, List<Fault> faults)
    {
        var all = Check(set, set, declared, locations);
        if (flawed.Count == 0)
        {
            faults.AddRange(all);
            return;
        }

        // What is a fault only because another resource has one follows from that: it would still be one, in the same
        // words, if nobody could see the other.
        var sound = new ResourceSet([.. set.All.Where(r => !flawed.Contains(r))]);
        faults.AddRange(all.Intersect(Check(set, sound, declared, locations)));
    }

    private static List<Fault> Check(ResourceSet set, ResourceSet seen,
        IReadOnlySet<(string Kind, string Name)>? declared, LocationMap locations)
    {
        var faults = new List<Fault>();
        var read = set.All.Select(r => (Kinds.Of(r).Name, r.Name)).ToHashSet();
        var unread = declared?.Where(d => !read.Contains(d)).Select(d => d.Kind).ToHashSet();
        foreach (var resource in set.All)
            Kinds.Of(resource).Check(resource, seen, new Reporter(resource, declared, unread, locations, faults));
        return faults;
    }
}
