namespace Meridian.Model.Values;

/// <summary>Path and query of an HTTP request in origin form (RFC 9112 section 3.2.1).</summary>
public static class HttpPath
{
    /// <summary>Whether it starts with a slash and holds only printable ASCII without spaces.</summary>
    public static bool IsValid(string text) => text.StartsWith('/') && text.All(c => c is > ' ' and <= '~');
}
