using System.Text.Json;
using System.Text.Json.Serialization;
using Meridian.Addresses;

namespace Meridian.Api;

/// <summary>Reads text as it may be shown.</summary>
internal sealed class DisplayTextConverter : JsonConverter<string>
{
    public override string? Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.GetString() is { } text ? DisplayText.Escape(text) : null;

    public override void Write(Utf8JsonWriter writer, string value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value);
}
