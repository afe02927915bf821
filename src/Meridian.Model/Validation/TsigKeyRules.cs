using Meridian.Addresses;
using Meridian.Model.Resources;

namespace Meridian.Model.Validation;

internal static class TsigKeyRules
{
    private static readonly string[] Algorithms = ["hmac-sha256", "hmac-sha384", "hmac-sha512"];

    public static void Check(TsigKey key, ResourceSet set, Reporter report)
    {
        if (!Algorithms.Contains(key.Algorithm))
            report.Fault(key, "algorithm",
                $"`{key.Algorithm}` is not an algorithm; there are " +
                $"{string.Join(", ", Algorithms)}{Suggestion.For(key.Algorithm, Algorithms)}");
        report.DomainName(key.EffectiveKeyName, null, key, "keyName");
        if (key.Secret is null == key.SecretFile is null)
            report.Fault(key, "secret", "give either `secret` or `secretFile`");
        else if (key.Secret is not null && !IsBase64(key.Secret))
            report.Fault(key, "secret", "`secret` is not base64");
        if (set.TsigKeys.Values.Any(k => string.CompareOrdinal(k.Name, key.Name) < 0
            && k.EffectiveKeyName.Equals(key.EffectiveKeyName, StringComparison.OrdinalIgnoreCase)))
            report.Fault(key, "keyName",
                $"another TsigKey has the name `{key.EffectiveKeyName}` on the wire");
    }

    private static bool IsBase64(string text) =>
        text.Length > 0 && Convert.TryFromBase64String(text, new byte[text.Length], out _);
}
