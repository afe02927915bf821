using Meridian.Model.Binding;

namespace Meridian.Model.Validation;

/// <summary>Finds the faults that no single field shows: references, ranges across fields, contradictions.</summary>
internal static class Validator
{
    /// <param name="set">What could be read.</param>
    /// <param name="declared">
    /// Every resource that is declared, also those that could not be read; null where not even that is known.
    /// </param>
    /// <param name="locations">Where fields were read.</param>
    /// <param name="faults">Gets the faults.</param>
    public static void Check(
        ResourceSet set, IReadOnlySet<(string Kind, string Name)>? declared, LocationMap locations, List<Fault> faults)
    {
        foreach (var resource in set.All)
            Kinds.Of(resource).Check(resource, set, new Reporter(resource, declared, locations, faults));
    }
}
