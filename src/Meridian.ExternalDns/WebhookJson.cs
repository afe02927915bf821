using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Meridian.Model.Records;

namespace Meridian.ExternalDns;

/// <summary>
/// JSON as ExternalDNS reads and writes it: Go matches field names whatever their case, and writes null for an empty
/// list.
/// </summary>
internal static class WebhookJson
{
    /// <summary>The one media type of the protocol; ExternalDNS compares it octet for octet.</summary>
    public const string MediaType = "application/external.dns.webhook+json;version=1";

    /// <summary>
    /// Whether a record that was read has everything that later steps rely on: JSON may say null anywhere. An absent
    /// list of targets becomes an empty one in <see cref="Completed"/>.
    /// </summary>
    public static bool IsWhole(ClientRecord? record) =>
        record is { DnsName: not null, RecordType: not null }
        && (record.Targets.IsDefault || record.Targets.All(t => t is not null))
        && (record.ProviderSpecific?.All(p => p is { Name: not null, Value: not null }) ?? true);

    /// <summary>The record with an empty list of targets for none; Go writes null for an empty list.</summary>
    /// <exception cref="JsonException">It lacks a part that every record has.</exception>
    public static ClientRecord Completed(ClientRecord? record) =>
        !IsWhole(record) ? throw new JsonException("a record, or a part of one, is null")
        : record!.Targets.IsDefault ? record with { Targets = [] }
        : record;

    public static JsonSerializerOptions Options { get; } = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        PropertyNameCaseInsensitive = true,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        RespectNullableAnnotations = false,
        Converters = { new TextListConverter() },
    };
}
