using System.Collections.Immutable;

namespace Meridian.Model.Records;

/// <summary>
/// A client with records, such as a cluster's ExternalDNS. It owns its own targets and never another's.
/// </summary>
/// <param name="Id">Who it is: issuer, namespace and service account, or <c>local</c>.</param>
/// <param name="Site">Name of the Site where its targets are; null where its records say.</param>
/// <param name="Lease">How long its targets stay in names after its last request although their probes fail.</param>
/// <param name="HeardAt">When it last read or wrote.</param>
/// <param name="Records">What it wrote.</param>
public sealed record RecordOwner(string Id, string? Site, TimeSpan Lease, DateTimeOffset HeardAt,
    ImmutableArray<ClientRecord> Records);
