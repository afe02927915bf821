using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>TLS options of a probe.</summary>
public sealed record TlsCheck
{
    [Field("Verify the certificate's chain, dates and name")]
    public bool Verify { get; init; } = true;

    [Field("Server name for SNI and verification", Default = "the check's `host`")]
    public string? ServerName { get; init; }
}
