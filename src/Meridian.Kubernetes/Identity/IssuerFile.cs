namespace Meridian.Kubernetes.Identity;

/// <summary>A file with the keys of an issuer.</summary>
/// <param name="Version">Tells one content of it from another.</param>
/// <param name="Read">Its text.</param>
internal sealed record IssuerFile(Func<string> Version, Func<string> Read);
