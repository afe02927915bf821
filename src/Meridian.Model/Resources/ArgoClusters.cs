using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>The cluster Secrets of an Argo CD.</summary>
public sealed record ArgoClusters
{
    [Field("Its namespace")]
    public string Namespace { get; init; } = "argocd";

    [Field("Only Secrets with these labels, such as `env=prod,tier!=test`", Default = "all")]
    public string? Selector { get; init; }

    [Field("The label of the Secret that names the Site")]
    public string SiteLabel { get; init; } = "meridian.dev/site";
}
