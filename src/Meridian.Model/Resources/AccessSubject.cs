using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>A service account.</summary>
public sealed record AccessSubject
{
    [Field("Its namespace")]
    public required string Namespace { get; init; }

    [Field("Its name; `*` for all of the namespace")]
    public required string ServiceAccount { get; init; }

    /// <summary>Whether another names an account that this one names.</summary>
    public bool Overlaps(AccessSubject other) => Namespace == other.Namespace
        && (ServiceAccount == "*" || other.ServiceAccount == "*" || ServiceAccount == other.ServiceAccount);
}
