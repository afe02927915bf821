using System.Collections.Immutable;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>All records of one name and type (RFC 2181 section 5).</summary>
/// <param name="Owner">The name.</param>
/// <param name="Type">The type.</param>
/// <param name="Ttl">Time to live in seconds, one for all of them.</param>
/// <param name="Data">The data of each record, uncompressed.</param>
public sealed record RecordSet(DnsName Owner, RecordType Type, uint Ttl, ImmutableArray<byte[]> Data);
