using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using Meridian.Model.Binding;
using Meridian.Model.Values;

namespace Meridian.Operator.Crds;

/// <summary>The structural schema of a record, read off its fields: types, ranges, defaults, names and rules.</summary>
internal static class CrdSchema
{
    private const string DurationPattern = "^([0-9]+(d|h|m|s|ms))+$";

    public static JsonObject Of(Type record)
    {
        var sample = Activator.CreateInstance(record)!;
        var fields = FieldDescription.Of(record);
        var properties = new JsonObject();
        foreach (var field in fields)
        {
            var schema = OfValue(field.Property.PropertyType, field.Attribute);
            schema["description"] = field.Attribute.Description;
            if (!field.Required && DefaultOf(field.Property.GetValue(sample)) is { } value)
                schema["default"] = value;
            properties[field.Name] = schema;
        }

        // A server drops what is empty from a definition, which would then never be as it was applied.
        var result = new JsonObject { ["type"] = "object" };
        if (properties.Count > 0)
            result["properties"] = properties;
        if (fields.Any(f => f.Required))
            result["required"] = new JsonArray([.. fields.Where(f => f.Required).Select(f => (JsonNode)f.Name)]);
        var rules = record.GetCustomAttributes<RuleAttribute>()
            .Select(r => (JsonNode)new JsonObject { ["rule"] = r.Expression, ["message"] = r.Message }).ToArray();
        if (rules.Length > 0)
            result["x-kubernetes-validations"] = new JsonArray(rules);
        return result;
    }

    private static JsonObject OfValue(Type declared, FieldAttribute field)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
            return new JsonObject
            {
                ["type"] = "array",
                ["maxItems"] = field.MaxItems,
                ["items"] = OfValue(type.GetGenericArguments()[0], field),
            };
        if (type == typeof(ImmutableDictionary<string, string>))
            return new JsonObject
            {
                ["type"] = "object",
                ["additionalProperties"] = new JsonObject { ["type"] = "string" },
            };
        if (type.IsEnum)
            return new JsonObject
            {
                ["type"] = "string",
                ["enum"] = new JsonArray([.. EnumNames.Of(type).Select(n => (JsonNode)n)]),
            };
        return type switch
        {
            _ when type == typeof(string) => new JsonObject { ["type"] = "string" },
            _ when type == typeof(bool) => new JsonObject { ["type"] = "boolean" },
            _ when type == typeof(TimeSpan) =>
            new JsonObject { ["type"] = "string", ["maxLength"] = 32, ["pattern"] = DurationPattern },
            _ when type == typeof(ByteSize) =>
            new JsonObject { ["type"] = "string", ["pattern"] = "^(0|[0-9]{1,9}(Ki|Mi|Gi))$" },
            _ when type == typeof(CountOrPercent) =>
            new JsonObject { ["x-kubernetes-int-or-string"] = true, ["pattern"] = "^[0-9]{1,9}%?$" },
            _ when type == typeof(QuorumSize) => new JsonObject
            {
                ["x-kubernetes-int-or-string"] = true,
                ["pattern"] = "^(majority|all|one|[1-9][0-9]{0,2}|1000)$",
            },
            _ when type == typeof(int) || type == typeof(long) =>
            WithRange(new JsonObject { ["type"] = "integer", ["format"] = type == typeof(int) ? "int32" : "int64" },
                field),
            _ when type == typeof(double) => WithRange(new JsonObject { ["type"] = "number" }, field),
            _ => Of(type),
        };
    }

    private static JsonObject WithRange(JsonObject schema, FieldAttribute field)
    {
        if (field.Min is { } low)
            schema["minimum"] = Number(low);
        if (field.Max is { } high)
            schema["maximum"] = Number(high);
        return schema;
    }

    private static JsonNode Number(string text) =>
        long.TryParse(text, CultureInfo.InvariantCulture, out var whole)
        ? whole : double.Parse(text, CultureInfo.InvariantCulture);

    private static JsonNode? DefaultOf(object? value) => value switch
    {
        null => null,
        string { Length: 0 } => null,
        string text => text,
        bool flag => flag,
        int number => number,
        long number => number,
        double number => number,
        TimeSpan span => Durations.Format(span),
        ByteSize size => size.ToString(),
        QuorumSize quorum => quorum.ToString(),
        CountOrPercent { IsPercent: false } count => count.Number,
        CountOrPercent percent => percent.ToString(),
        Enum name => EnumNames.Of(name.GetType())[Array.IndexOf(Enum.GetValues(name.GetType()), name)],
        ImmutableArray<string> { IsDefaultOrEmpty: false } list => new JsonArray([.. list.Select(i => (JsonNode)i)]),
        _ when FieldDescription.Of(value.GetType()).Length > 0 => new JsonObject(), // its own fields have the defaults
        _ => null,
    };
}
