using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("A secret that is shared with other name servers and signs transfers, notifications and updates (RFC " +
    "8945).", ShortName = "tsig")]
public sealed record TsigKey : Resource
{
    [Field("`hmac-sha256`, `hmac-sha384` or `hmac-sha512`")]
    public string Algorithm { get; init; } = "hmac-sha256";

    [Field("The key's name on the wire, the same on both sides", Default = "the resource's name")]
    public string? KeyName { get; init; }

    [Field("The secret in base64; a `secretFile` keeps it out of the configuration")]
    public string? Secret { get; init; }

    [Field("File with the secret in base64, relative to the file that this resource stands in", IsPath = true)]
    public string? SecretFile { get; init; }

    /// <summary><see cref="KeyName"/> with its default applied.</summary>
    public string EffectiveKeyName => KeyName ?? Name;

    // The secret is not for logs.
    public override string ToString() => $"TsigKey {Name}";
}
