using System.Globalization;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Forwarding;

/// <summary>The fields that the gateway adds to every answer, however the request was forwarded.</summary>
internal static class AnswerFields
{
    /// <summary>The site that answered.</summary>
    public const string Site = "x-meridian-site";

    /// <summary>How many addresses have had the request.</summary>
    public const string Attempts = "x-meridian-attempts";

    /// <summary>Stands in answers of the gateway itself, so that they are not taken for the service's.</summary>
    public const string Error = "x-meridian-error";

    /// <summary>Writes who answered, after how many tries, and how the time was spent (Server Timing, W3C).</summary>
    /// <param name="headers">Header fields of the answer.</param>
    /// <param name="target">Who answered.</param>
    /// <param name="tries">The tries of the request.</param>
    /// <param name="firstByte">From the beginning of the last try to the first octet of its answer.</param>
    public static void Write(IHeaderDictionary headers, Target target, Tries tries, TimeSpan firstByte)
    {
        headers[Site] = target.Site;
        WriteAttempts(headers, tries.Count);
        var (upstream, gateway) = (firstByte.TotalMilliseconds, (tries.Elapsed - firstByte).TotalMilliseconds);
        headers.Append("Server-Timing",
            string.Create(CultureInfo.InvariantCulture, $"upstream;dur={upstream:0.0}, gateway;dur={gateway:0.0}"));
    }

    public static void WriteAttempts(IHeaderDictionary headers, int count) =>
        headers[Attempts] = count.ToString(CultureInfo.InvariantCulture);
}
