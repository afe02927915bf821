using System.Collections.Immutable;
using Meridian.Model.Resources;

namespace Meridian.Api.Access;

/// <summary>Who sends a request, and what they may do.</summary>
/// <param name="Id">Who it is: <c>local</c>, or a service account and the AccessPolicy that proved it.</param>
/// <param name="Api">What they may do with the management API.</param>
/// <param name="Records">The records that they may write; null for all.</param>
/// <param name="Site">Name of the Site where their records' targets are, if one is known.</param>
/// <param name="Lease">How long their targets stay in names after they fell silent, although their probes fail.</param>
public sealed record Caller(string Id, ApiGrant Api, ImmutableArray<RecordGrant>? Records, string? Site, TimeSpan Lease)
{
    /// <summary>The operator of the node: on loopback, or with the node's own token.</summary>
    public static Caller Local { get; } = new("local", ApiGrant.Write, null, null, TimeSpan.FromMinutes(10));

    public bool MayWriteRecords => Records is not { IsEmpty: true };

    /// <summary>Whether a record of the name, in canonical form, and the type may be written.</summary>
    public bool MayWrite(string name, string type) =>
        Records is not { } grants || grants.Any(g => g.Allows(name, type));
}
