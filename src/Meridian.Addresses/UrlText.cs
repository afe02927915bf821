using System.Diagnostics.CodeAnalysis;

namespace Meridian.Addresses;

/// <summary>
/// Absolute URLs whose host is what it looks like. The framework reads the host <c>010.0.0.1</c> as 8.0.0.1, and takes
/// <c>10.0.0.300</c> for a name; both are refused.
/// </summary>
public static class UrlText
{
    public static bool TryParse(string text, [NotNullWhen(true)] out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && IsPlain(url, text);

    /// <summary>Reads a URL of the scheme <c>http</c> or <c>https</c>.</summary>
    public static bool TryParseHttp(string text, [NotNullWhen(true)] out Uri? url) =>
        TryParse(text, out url) && url.Scheme is "http" or "https";

    private static bool IsPlain(Uri url, string text) => url.HostNameType switch
    {
        UriHostNameType.IPv4 => text.Contains($"//{url.Host}", StringComparison.Ordinal)
            || text.Contains($"@{url.Host}", StringComparison.Ordinal),
        UriHostNameType.Dns => !IpText.IsMeant(url.Host),
        _ => true,
    };
}
