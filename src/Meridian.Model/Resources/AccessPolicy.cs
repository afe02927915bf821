using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("Which service accounts of a cluster may write which records, and use the management API; " +
    "everything else is denied.",
    Plural = "accesspolicies", ShortName = "mpolicy")]
[Rule("!has(self.jwksFile) || !has(self.reviewedBy)",
    "jwksFile and reviewedBy exclude each other")]
public sealed record AccessPolicy : Resource
{
    [Field("Issuer of the cluster's service-account tokens, as in their `iss`")]
    public required string Issuer { get; init; }

    [Field("Audience that a token must name")]
    public string Audience { get; init; } = "meridian";

    [Field("File with the issuer's keys (JWKS), where the issuer cannot be reached; read again when it changes",
        Default = "found by OIDC discovery at the issuer", IsPath = true)]
    public string? JwksFile { get; init; }

    [Field("Name of the Cluster whose API server is asked about every token (TokenReview), which also notices " +
        "deleted accounts", Default = "tokens are checked by the issuer's keys")]
    public string? ReviewedBy { get; init; }

    [Field("The service accounts", MaxItems = 256)]
    public required ImmutableArray<AccessSubject> Subjects { get; init; }

    [Field("The records that they may write", Default = "none", MaxItems = 256)]
    public ImmutableArray<RecordGrant> Records { get; init; } = [];

    [Field("What they may do with the management API: nothing, read, or all of it")]
    public ApiGrant Api { get; init; }

    [Field("Name of the Site where their records' targets are", Default = "none; records say their own")]
    public string? Site { get; init; }

    [Field("How long a silent cluster's targets stay in names although their probes fail", Min = "10s", Max = "30d")]
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(10);
}
