using System.Collections.Immutable;
using Meridian.Dns.Records;

namespace Meridian.Dns.Updates;

/// <summary>The result of a dynamic update: the record sets that it changes, each as it is afterwards.</summary>
/// <param name="Sets">The whole set under each name and type; without data where the set is gone.</param>
public sealed record ZoneUpdate(ImmutableArray<RecordSet> Sets)
{
    public bool IsEmpty => Sets.IsEmpty;
}
