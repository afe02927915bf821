using System.Globalization;
using Meridian.Addresses;
using Meridian.Model.Values;
using Meridian.Model.Yaml;

namespace Meridian.Model.Binding;

/// <summary>Reads single values by type and range. Each type has one form, so that a schema can say it.</summary>
internal sealed class ScalarReader(List<Fault> faults)
{
    /// <summary>The value, or null after a fault was recorded.</summary>
    public object? Read(Type type, YamlScalar scalar, FieldDescription field) => type switch
    {
        _ when scalar.IsNull => Refuse(scalar, field, "a value"),
        _ when type == typeof(string) => ReadText(scalar, field),
        _ when type == typeof(bool) => ReadBoolean(scalar, field),
        _ when type == typeof(int) => ReadWhole(scalar, field) is { } number ? (int)number : null,
        _ when type == typeof(long) => ReadWhole(scalar, field),
        _ when type == typeof(double) => ReadReal(scalar, field),
        _ when type == typeof(TimeSpan) => ReadDuration(scalar, field),
        _ when type == typeof(CountOrPercent) => ReadCount(scalar, field),
        _ when type == typeof(ByteSize) => ReadSize(scalar, field),
        _ when type == typeof(QuorumSize) => ReadQuorum(scalar, field),
        _ when type.IsEnum => ReadName(type, scalar, field),
        _ => throw new InvalidOperationException($"field {field.Name} has the type {type}, which has no reader"),
    };

    private object? ReadText(YamlScalar scalar, FieldDescription field) =>
        scalar.IsNumber || scalar.IsBoolean
            ? Refuse(scalar, field, "a string", $"; write it in quotes: \"{scalar.Text}\"")
            : field.Attribute.IsPath ? ReadPath(scalar) : scalar.Text;

    // An object in a cluster lies in no folder that a path could be relative to.
    private string? ReadPath(YamlScalar scalar)
    {
        var (place, path) = (scalar.Location, scalar.Text);
        if (path.Contains('\0', StringComparison.Ordinal))
        {
            faults.Add(new Fault(place, "a path holds no zero octet"));
            return null;
        }

        if (!place.IsInObject)
            return Path.GetFullPath(path, Path.GetDirectoryName(Path.GetFullPath(place.File)) ?? Path.GetFullPath("."));
        if (!Path.IsPathFullyQualified(path))
            faults.Add(new Fault(place,
                $"`{path}` must be a full path on the node, such as /etc/meridian/{Path.GetFileName(path)}"));
        return path;
    }

    private object? ReadBoolean(YamlScalar scalar, FieldDescription field) =>
        scalar.IsBoolean ? scalar.Text[0] is 't' or 'T' : Refuse(scalar, field, "true or false");

    private long? ReadWhole(YamlScalar scalar, FieldDescription field)
    {
        if (scalar.Quoted ||
            !long.TryParse(scalar.Text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            Refuse(scalar, field, "a whole number", scalar.Quoted ? "; write it without quotes" : "");
            return null;
        }

        var min = field.Attribute.Min is { } low ? long.Parse(low, CultureInfo.InvariantCulture) : int.MinValue;
        var max = field.Attribute.Max is { } high ? long.Parse(high, CultureInfo.InvariantCulture) : int.MaxValue;
        return InRange(number, min, max, scalar, field) ? number : null;
    }

    private object? ReadReal(YamlScalar scalar, FieldDescription field)
    {
        if (!scalar.IsNumber
            || !double.TryParse(scalar.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            || !double.IsFinite(number))
            return Refuse(scalar, field, "a number");
        var min = field.Attribute.Min is { } low ? double.Parse(low, CultureInfo.InvariantCulture) : double.MinValue;
        var max = field.Attribute.Max is { } high ? double.Parse(high, CultureInfo.InvariantCulture) : double.MaxValue;
        return InRange(number, min, max, scalar, field) ? number : null;
    }

    private object? ReadDuration(YamlScalar scalar, FieldDescription field)
    {
        if (!Durations.TryParse(scalar.Text, out var duration))
        {
            var hint = scalar.IsNumber ? $"; write a unit: {scalar.Text}s" : "";
            return Refuse(scalar, field, "a duration such as 500ms, 15s or 2m", hint);
        }

        var min = Limit(field.Attribute.Min, TimeSpan.Zero);
        var max = Limit(field.Attribute.Max, TimeSpan.MaxValue);
        return InRange(duration, min, max, scalar, field) ? duration : null;

        static TimeSpan Limit(string? text, TimeSpan otherwise) =>
            text is not null && Durations.TryParse(text, out var limit) ? limit : otherwise;
    }

    private object? ReadCount(YamlScalar scalar, FieldDescription field) =>
        CountOrPercent.TryParse(scalar.Text, out var value)
            ? value
            : Refuse(scalar, field, "a count such as 2, or a percentage such as \"50%\"");

    private object? ReadSize(YamlScalar scalar, FieldDescription field) =>
        ByteSize.TryParse(scalar.Text, out var value)
            ? value
            : Refuse(scalar, field, "a size such as 64Ki, 1Mi or 2Gi");

    private object? ReadQuorum(YamlScalar scalar, FieldDescription field) =>
        QuorumSize.TryParse(scalar.Text, out var value)
            ? value
            : Refuse(scalar, field, "majority, all, one, or a number from 1 to 1000",
                Suggestion.For(scalar.Text, ["majority", "all", "one"]));

    private object? ReadName(Type type, YamlScalar scalar, FieldDescription field)
    {
        var names = EnumNames.Of(type);
        var index = names.IndexOf(scalar.Text);
        return index >= 0
            ? Enum.GetValues(type).GetValue(index)
            : Refuse(scalar, field, $"one of {string.Join(", ", names)}", Suggestion.For(scalar.Text, names));
    }

    private bool InRange<T>(T value, T min, T max, YamlScalar scalar, FieldDescription field) where T : IComparable<T>
    {
        if (value.CompareTo(min) >= 0 && value.CompareTo(max) <= 0)
            return true;
        var limits = (field.Attribute.Min, field.Attribute.Max) switch
        {
            ({ } low, { } high) => $"between {low} and {high}",
            ({ } low, null) => $"at least {low}",
            (null, { } high) => $"at most {high}",
            _ => "smaller",
        };
        faults.Add(new Fault(scalar.Location, $"field `{field.Name}` is {scalar.Text} and must be {limits}"));
        return false;
    }

    private object? Refuse(YamlScalar scalar, FieldDescription field, string wanted, string hint = "")
    {
        faults.Add(new Fault(scalar.Location,
            $"field `{field.Name}` wants {wanted}, and this is {scalar.Describe()}{hint}"));
        return null;
    }
}
