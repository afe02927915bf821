using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Meridian.ExternalDns;

/// <summary>Reads lists of texts; Go writes null for an empty one.</summary>
internal sealed class TextListConverter : JsonConverter<ImmutableArray<string>>
{
    public override bool HandleNull => true;

    public override ImmutableArray<string> Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        [.. JsonSerializer.Deserialize<string[]>(ref reader, options) ?? []];

    public override void Write(Utf8JsonWriter writer, ImmutableArray<string> value, JsonSerializerOptions options) =>
        JsonSerializer.Serialize(writer, value.AsEnumerable(), options);
}
