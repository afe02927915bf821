namespace Meridian.Model.Values;

/// <summary>Names of resources: Kubernetes' rule for most objects, an RFC 1123 subdomain.</summary>
public static class ResourceName
{
    /// <summary>Whether a text is such a name: lower case, at most 253 characters.</summary>
    public static bool IsValid(string text) =>
        text.Length is > 0 and <= 253 &&
        char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1]) &&
        text.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.');
}
