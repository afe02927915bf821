using System.Buffers;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace Meridian.Operator.Crds;

/// <summary>Writes JSON as YAML, fields without a value left out.</summary>
public static class YamlText
{
    private static readonly SearchValues<char> Special = SearchValues.Create(":{}[],&*#?|<>=!%@`'\"\\");

    public static string Of(JsonNode document)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture) { NewLine = "\n" };
        var emitter = new Emitter(text, new EmitterSettings().WithMaxSimpleKeyLength(1024).WithIndentedSequences());
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, true));
        Emit(emitter, document);
        emitter.Emit(new DocumentEnd(true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode node)
    {
        switch (node)
        {
            case JsonObject fields:
                emitter.Emit(new MappingStart(null, null, true,
                    fields.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (name, value) in fields)
                {
                    if (value is null)
                        continue;
                    emitter.Emit(new Scalar(name));
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(new SequenceStart(null, null, true,
                    list.All(i => i is JsonValue) ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in list)
                    Emit(emitter, item!);
                emitter.Emit(new SequenceEnd());
                break;
            default:
                emitter.Emit(node.GetValueKind() == JsonValueKind.String
                    ? new Scalar(null, null, (string)node!, StyleOf((string)node!), true, true)
                    : new Scalar(node.ToJsonString()));
                break;
        }
    }

    // Words that a reader of YAML would take for something else are quoted.
    private static ScalarStyle StyleOf(string text) =>
        text.Length == 0 || text.ToLowerInvariant() is "true" or "false" or "null" or "yes" or "no" or "on" or "off"
        or "~" or "y" or "n" || char.IsAsciiDigit(text[0]) || text[0] is '-' or '.' or '+'
        || text.AsSpan().ContainsAny(Special)
            ? ScalarStyle.DoubleQuoted : ScalarStyle.Plain;
}
