using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>How an agent shows who it is, the first time and whenever its certificate is not enough.</summary>
[Rule("(!has(self.enrollment) || self.enrollment) || has(self.serviceAccount)",
    "an agent needs enrollment, a serviceAccount or both")]
public sealed record TunnelIdentity
{
    [Field("By a one-time code of `meridian tunnel enroll`")]
    public bool Enrollment { get; init; } = true;

    [Field("By the token of a Kubernetes service account", Default = "none")]
    public TunnelAccount? ServiceAccount { get; init; }
}
