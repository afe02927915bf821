using System.Text.Json;
using System.Text.Json.Serialization;

namespace Meridian.Api;

/// <summary>
/// Enumerations by one name: no number, and no list such as <c>"up, down"</c>, which the framework reads as flags.
/// </summary>
internal sealed class EnumNameConverter : JsonConverterFactory
{
    private static readonly JsonStringEnumConverter Names = new(namingPolicy: null, allowIntegerValues: false);

    public override bool CanConvert(Type typeToConvert) => typeToConvert.IsEnum;

    public override JsonConverter CreateConverter(Type typeToConvert, JsonSerializerOptions options) =>
        (JsonConverter)Activator.CreateInstance(typeof(OneName<>).MakeGenericType(typeToConvert),
            Names.CreateConverter(typeToConvert, options))!;

    private sealed class OneName<T>(JsonConverter names) : JsonConverter<T> where T : struct, Enum
    {
        private readonly JsonConverter<T> _names = (JsonConverter<T>)names;

        public override T Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
        {
            try
            {
                if (reader.TokenType == JsonTokenType.String && !reader.GetString()!.Contains(','))
                    return _names.Read(ref reader, typeToConvert, options);
            }
            catch (JsonException)
            {
                // Its words name types of the program.
            }

            throw new JsonException("it is one of " + string.Join(", ",
                Enum.GetValues<T>().Select(value => JsonSerializer.Serialize(value, options))));
        }

        public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
            _names.Write(writer, value, options);
    }
}
