using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>A service account.</summary>
public sealed record AccessSubject
{
    [Field("Its namespace")]
    public required string Namespace { get; init; }

    [Field("Its name; `*` for all of the namespace")]
    public required string ServiceAccount { get; init; }
}
