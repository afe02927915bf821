using System.Collections.Immutable;
using Meridian.Dns.Records;

namespace Meridian.Dns.Transfers;

/// <summary>The difference between two versions of a zone (RFC 1995 section 4).</summary>
/// <param name="From">The SOA record of the older version.</param>
/// <param name="To">The SOA record of the newer version.</param>
/// <param name="Removed">Records that only the older version has, without its SOA.</param>
/// <param name="Added">Records that only the newer version has, without its SOA.</param>
public sealed record ZoneChange(RecordSet From, RecordSet To,
    ImmutableArray<RecordSet> Removed, ImmutableArray<RecordSet> Added)
{
    /// <summary>Number of records.</summary>
    public int Size => Removed.Sum(s => s.Data.Length) + Added.Sum(s => s.Data.Length);
}
