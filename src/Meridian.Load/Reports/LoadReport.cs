using System.Globalization;
using System.Text;
using System.Text.Json;
using Google.Protobuf;
using Meridian.Model.Loads;

namespace Meridian.Load.Reports;

/// <summary>
/// Load reports in the headers of answers (ORCA, Open Request Cost Aggregation; xds.data.orca.v3.OrcaLoadReport).
/// Servers write them in four ways: <c>TEXT k=v, k=v</c> and <c>JSON {…}</c> after that word (Triton), either without
/// the word (vLLM; older Envoy with colons), in <c>endpoint-load-metrics-json</c>, and as base64 of the message in
/// <c>endpoint-load-metrics-bin</c> (gRPC). A report that names a field twice, or has a value that is no number, is
/// ignored.
/// </summary>
public static class LoadReport
{
    /// <summary>The header that asks for reports.</summary>
    public const string RequestHeader = "endpoint-load-metrics-format";

    /// <summary>The header that they come in.</summary>
    public const string Header = "endpoint-load-metrics";

    private const string JsonHeader = "endpoint-load-metrics-json";
    private const string BinaryHeader = "endpoint-load-metrics-bin";
    private const int MaxLength = 16 * 1024;
    private const int MaxFields = 256;

    /// <summary>
    /// Whether a header is a report. Clients do not get reports: one that balances load itself would work against the
    /// gateway.
    /// </summary>
    public static bool IsReport(ReadOnlySpan<char> name) =>
        name.StartsWith(Header, StringComparison.OrdinalIgnoreCase)
        && (name.Length == Header.Length || name.Equals(JsonHeader, StringComparison.OrdinalIgnoreCase)
            || name.Equals(BinaryHeader, StringComparison.OrdinalIgnoreCase));

    /// <summary>Reads a report.</summary>
    /// <param name="name">Name of the header.</param>
    /// <param name="value">Its value.</param>
    /// <param name="at">When it came.</param>
    /// <returns>Null where it says nothing of load, or is not a report.</returns>
    public static LoadFigure? Read(string name, string value, DateTimeOffset at)
    {
        if (value.Length is 0 or > MaxLength)
            return null;
        var fields = new Dictionary<string, double>(StringComparer.Ordinal);
        var text = value.AsSpan().Trim();
        var json = name.Equals(JsonHeader, StringComparison.OrdinalIgnoreCase);
        if (StartsWithWord(text, "JSON"))
        {
            json = true;
            text = text[4..].TrimStart();
        }
        else if (StartsWithWord(text, "TEXT"))
        {
            text = text[4..].TrimStart();
        }
        else if (StartsWithWord(text, "BIN"))
        {
            return Figure(text[3..].TrimStart().ToString(), at);
        }

        if (name.Equals(BinaryHeader, StringComparison.OrdinalIgnoreCase))
            return Figure(value, at);
        var isValid = json || text.StartsWith("{") ? TryJson(text.ToString(), fields) : TryText(text, fields);
        return isValid ? Of(fields, at) : null;
    }

    private static bool StartsWithWord(ReadOnlySpan<char> text, string word) =>
        text.StartsWith(word, StringComparison.OrdinalIgnoreCase) && text.Length > word.Length
        && char.IsWhiteSpace(text[word.Length]);

    private static LoadFigure? Figure(string base64, DateTimeOffset at)
    {
        var octets = new byte[base64.Length];
        var fields = new Dictionary<string, double>(StringComparer.Ordinal);

        // gRPC leaves the padding out.
        var padded = base64.Trim().TrimEnd('=');
        padded += new string('=', (4 - (padded.Length % 4)) % 4);
        return Convert.TryFromBase64String(padded, octets.AsSpan(0, Math.Min(octets.Length, padded.Length)),
            out var length)
            && TryBinary(octets.AsMemory(0, length), fields) ? Of(fields, at) : null;
    }

    // The utilisation that the address names, or else what engines report, or else that of its processor.
    private static LoadFigure? Of(Dictionary<string, double> fields, DateTimeOffset at)
    {
        var figure = new LoadFigure(at, LoadSource.Report)
        {
            Given = Find("application_utilization") is > 0 and var given ? given : null,
            Running = Named("num_requests_running", "running_requests", "num_running_reqs"),
            Waiting = Named("num_requests_waiting", "waiting_requests", "num_queue_reqs"),
            Memory = Named("kv_cache_usage_perc", "gpu_cache_usage_perc", "kv_cache_utilization", "token_usage"),
        };
        return figure.SaysSomething ? figure : Find("cpu_utilization") is > 0 and var processor
            ? figure with { Given = processor } : null;

        double? Find(string name) => fields.TryGetValue(name, out var value) ? value : null;

        double? Named(params ReadOnlySpan<string> names)
        {
            foreach (var name in names)
            {
                if ((Find($"named_metrics.{name}") ?? Find($"utilization.{name}") ?? Find(name)) is { } value)
                    return value;
            }

            return null;
        }
    }

    private static bool TryText(ReadOnlySpan<char> text, Dictionary<string, double> fields)
    {
        foreach (var range in text.Split(','))
        {
            var part = text[range].Trim();
            if (part.IsEmpty)
                continue;

            // A name may have a colon in it: the last one separates name and value.
            var sign = part.IndexOf('=') is >= 0 and var equals ? equals : part.LastIndexOf(':');
            if (sign <= 0 || !double.TryParse(part[(sign + 1)..].Trim(), NumberStyles.Float,
                CultureInfo.InvariantCulture, out var value)
                || !TryAdd(fields, part[..sign].Trim().ToString(), value))
                return false;
        }

        return fields.Count > 0;
    }

    private static bool TryJson(string text, Dictionary<string, double> fields)
    {
        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = 4 });
            return document.RootElement.ValueKind == JsonValueKind.Object
                && TryObject(document.RootElement, "", fields);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool TryObject(JsonElement element, string prefix, Dictionary<string, double> fields)
    {
        foreach (var property in element.EnumerateObject())
        {
            // Fields of the message are written in either case (protobuf's JSON mapping); names of metrics are kept.
            var name = prefix.Length == 0
                ? JsonNamingPolicy.SnakeCaseLower.ConvertName(property.Name) : prefix + property.Name;
            var isValid = property.Value.ValueKind switch
            {
                JsonValueKind.Number => property.Value.TryGetDouble(out var value) && TryAdd(fields, name, value),
                JsonValueKind.Object => TryObject(property.Value, $"{name}.", fields),
                _ => false,
            };
            if (!isValid)
                return false;
        }

        return true;
    }

    private static bool TryBinary(ReadOnlyMemory<byte> message, Dictionary<string, double> fields)
    {
        try
        {
            using var input = new CodedInputStream(message.ToArray());
            uint tag;
            while ((tag = input.ReadTag()) != 0)
            {
                var isValid = (WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag)) switch
                {
                    (1, WireFormat.WireType.Fixed64) => TryAdd(fields, "cpu_utilization", input.ReadDouble()),
                    (2, WireFormat.WireType.Fixed64) => TryAdd(fields, "mem_utilization", input.ReadDouble()),
                    (9, WireFormat.WireType.Fixed64) => TryAdd(fields, "application_utilization", input.ReadDouble()),
                    (5, WireFormat.WireType.LengthDelimited) => TryEntry(input.ReadBytes(), "utilization.", fields),
                    (8, WireFormat.WireType.LengthDelimited) => TryEntry(input.ReadBytes(), "named_metrics.", fields),
                    _ => Skip(input),
                };
                if (!isValid)
                    return false;
            }

            return true;
        }
        catch (Exception e) when (e is InvalidProtocolBufferException or IOException)
        {
            return false;
        }
    }

    private static bool Skip(CodedInputStream input)
    {
        input.SkipLastField();
        return true;
    }

    // An entry of map<string, double>.
    private static bool TryEntry(ByteString entry, string prefix, Dictionary<string, double> fields)
    {
        var input = entry.CreateCodedInput();
        var (name, value) = ("", 0.0);
        uint tag;
        while ((tag = input.ReadTag()) != 0)
        {
            switch (WireFormat.GetTagFieldNumber(tag), WireFormat.GetTagWireType(tag))
            {
                case (1, WireFormat.WireType.LengthDelimited):
                    name = Encoding.UTF8.GetString(input.ReadBytes().Span);
                    break;
                case (2, WireFormat.WireType.Fixed64):
                    value = input.ReadDouble();
                    break;
                default:
                    input.SkipLastField();
                    break;
            }
        }

        return TryAdd(fields, prefix + name, value);
    }

    private static bool TryAdd(Dictionary<string, double> fields, string name, double value) =>
        double.IsFinite(value) && value >= 0 && fields.Count < MaxFields && fields.TryAdd(name, value);
}
