using System.Diagnostics.CodeAnalysis;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Meridian.Gateway.Http1;

/// <summary>
/// The target of a request as addresses get it: octet by octet what the client wrote. Whoever decodes and encodes it
/// again changes what some service means by it (RFC 3986 section 6.2.2, RFC 9110 section 7.1).
/// </summary>
internal static class RequestTarget
{
    /// <summary>Takes the target; false where it has octets that a request line cannot have.</summary>
    public static bool TryTake(HttpRequest request, [NotNullWhen(true)] out string? target)
    {
        var raw = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        target = raw is ['/', ..] or "*" ? raw : WithoutAuthority(raw, request.Method);
        return !target.AsSpan().ContainsAnyExceptInRange('!', '~');
    }

    // A whole URL, as to a proxy, loses its authority, which Host has (RFC 9112 section 3.2.2, for OPTIONS 3.2.4).
    private static string WithoutAuthority(string raw, string method)
    {
        var authority = raw.IndexOf("://", StringComparison.Ordinal) + 3;
        var path = raw.AsSpan(authority).IndexOfAny('/', '?', '#');
        return path < 0 ? HttpMethods.IsOptions(method) ? "*" : "/"
            : raw[authority + path] == '/' ? raw[(authority + path)..] : $"/{raw.AsSpan(authority + path)}";
    }
}
