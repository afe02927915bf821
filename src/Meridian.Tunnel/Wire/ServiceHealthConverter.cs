using System.Text.Json;
using System.Text.Json.Serialization;
using Meridian.Addresses;

namespace Meridian.Tunnel.Wire;

/// <summary>
/// One name of <see cref="ServiceHealth"/>: no number, and no list, which the framework reads as flags.
/// </summary>
public sealed class ServiceHealthConverter : JsonConverter<ServiceHealth>
{
    public override ServiceHealth Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        reader.TokenType == JsonTokenType.String
        && EnumText.TryParse<ServiceHealth>(reader.GetString(), out var health)
            ? health : throw new JsonException();

    public override void Write(Utf8JsonWriter writer, ServiceHealth value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
