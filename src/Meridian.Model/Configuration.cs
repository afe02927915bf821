using System.Collections.Immutable;

namespace Meridian.Model;

/// <summary>The result of reading: the resources, every fault, and the files that were read.</summary>
/// <param name="Resources">Whole only if there are no faults.</param>
/// <param name="Faults">In the order of files and lines.</param>
/// <param name="Files">Full paths of all files that were read, for watching them.</param>
public sealed record Configuration(ResourceSet Resources, ImmutableArray<Fault> Faults, ImmutableArray<string> Files)
{
    public bool IsSound => Faults.IsEmpty;
}
