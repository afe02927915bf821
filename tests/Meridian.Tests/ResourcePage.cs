using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Meridian.Model.Binding;
using Meridian.Model.Values;

namespace Meridian.Tests;

/// <summary>Makes docs/reference/resources.md of the model.</summary>
internal static class ResourcePage
{
    public static string Write()
    {
        var page = new StringBuilder("# Resources\n\nMade from the code; a test holds it current. Every document has "
            + "`apiVersion: " + Kinds.ApiVersion +
            "`, a `kind`, `metadata` with a `name`, and a `spec` with the fields below. Durations are written `500ms`, "
                + "`15s`, `2m`, `1h30m`.\n");
        foreach (var kind in Kinds.All)
        {
            page.Append(CultureInfo.InvariantCulture,
                $"\n## {kind.Name}\n\n{kind.Description}\n\n| field | type | default | meaning |\n| --- | --- | --- | "
                    + $"--- |\n");
            WriteFields(page, kind.Type, "");
        }

        return page.ToString();
    }

    private static void WriteFields(StringBuilder page, Type type, string prefix)
    {
        var sample = Activator.CreateInstance(type)!;
        foreach (var field in FieldDescription.Of(type))
        {
            var (name, part) = Describe(field.Property.PropertyType);
            var range = (field.Attribute.Min, field.Attribute.Max) switch
            {
                ({ } low, { } high) => $", {low} to {high}",
                ({ } low, null) => $", at least {low}",
                (null, { } high) => $", at most {high}",
                _ => "",
            };
            var value = field.Required
                ? "required" : field.Attribute.Default ?? Default(field.Property.GetValue(sample));
            page.Append(CultureInfo.InvariantCulture,
                $"| `{prefix}{field.Name}` | {name}{range} | {value} | {field.Attribute.Description} |\n");
            if (part is not null)
            {
                var brackets = name.StartsWith("list", StringComparison.Ordinal) ? "[]" : "";
                WriteFields(page, part, $"{prefix}{field.Name}{brackets}.");
            }
        }
    }

    private static (string Name, Type? Part) Describe(Type declared)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
        {
            var (name, part) = Describe(type.GetGenericArguments()[0]);
            return ($"list of {name}s", part);
        }

        if (type.IsEnum)
            return (string.Join(", ", EnumNames.Of(type).Select(n => $"`{n}`")), null);
        return type switch
        {
            _ when type == typeof(string) => ("string", null),
            _ when type == typeof(bool) => ("boolean", null),
            _ when type == typeof(int) || type == typeof(long) => ("whole number", null),
            _ when type == typeof(double) => ("number", null),
            _ when type == typeof(TimeSpan) => ("duration", null),
            _ when type == typeof(CountOrPercent) => ("count or percentage", null),
            _ when type == typeof(ByteSize) => ("size", null),
            _ when type == typeof(ImmutableDictionary<string, string>) => ("string → string", null),
            _ => ("mapping", type),
        };
    }

    private static string Default(object? value) => value switch
    {
        null => "",
        string { Length: 0 } => "`\"\"`",
        TimeSpan span => $"`{Durations.Format(span)}`",
        bool flag => flag ? "`true`" : "`false`",
        Enum name => $"`{EnumNames.Of(name.GetType())[Array.IndexOf(Enum.GetValues(name.GetType()), name)]}`",
        ImmutableArray<string> list => list.IsDefaultOrEmpty ? "" : string.Join(", ", list.Select(i => $"`\"{i}\"`")),
        int or long or double or string or CountOrPercent or ByteSize =>
            $"`{string.Create(CultureInfo.InvariantCulture, $"{value}")}`",
        _ => "",
    };
}
