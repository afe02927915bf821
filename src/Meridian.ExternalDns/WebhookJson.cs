using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Meridian.ExternalDns;

/// <summary>
/// JSON as ExternalDNS reads and writes it: Go matches field names whatever their case, and writes null for an empty
/// list.
/// </summary>
internal static class WebhookJson
{
    /// <summary>The one media type of the protocol; ExternalDNS compares it octet for octet.</summary>
    public const string MediaType = "application/external.dns.webhook+json;version=1";

    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        PropertyNameCaseInsensitive = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = false,
    };
}
