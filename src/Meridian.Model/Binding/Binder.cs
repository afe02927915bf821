using System.Collections.Immutable;
using System.Reflection;
using Meridian.Addresses;
using Meridian.Model.Resources;
using Meridian.Model.Yaml;

namespace Meridian.Model.Binding;

/// <summary>
/// Turns YAML nodes into records by their <see cref="FieldAttribute"/>s, and goes on after a fault so that every one
/// is found in one run. A record whose required fields could not be read is left out.
/// </summary>
internal sealed class Binder(List<Fault> faults, LocationMap locations)
{
    private static readonly MethodInfo MakeArrayOf =
        typeof(Binder).GetMethod(nameof(MakeArray), BindingFlags.NonPublic | BindingFlags.Static)!;

    private readonly Dictionary<Type, ImmutableArray<FieldDescription>> _fields = [];
    private readonly Dictionary<Type, PropertyInfo?> _places = [];
    private readonly ScalarReader _scalars = new(faults);

    /// <summary>Fills a resource from its <c>spec</c>; null where that cannot be done.</summary>
    /// <param name="kind">What it is.</param>
    /// <param name="name">Its name.</param>
    /// <param name="location">Where its document begins.</param>
    /// <param name="modified">When the file was written, or the object created.</param>
    /// <param name="spec">What is wanted.</param>
    public Resource? BindResource(Kind kind, string name, Location location, DateTimeOffset modified, YamlMapping spec)
    {
        if (BindRecord(kind.Type, spec) is not Resource read)
            return null;
        var resource = (read with { Name = name, Location = location }).ReadAt(modified);
        locations.Alias(resource, read);
        return resource;
    }

    private object? BindRecord(Type type, YamlMapping mapping)
    {
        // The record's own initialisers give the defaults; `required` is checked here, with a place in the file.
        var record = Activator.CreateInstance(type)!;
        var fields = Fields(type);
        var sound = true;
        foreach (var entry in mapping.Entries)
        {
            var field = fields.FirstOrDefault(f => f.Name == entry.Key.Text);
            if (field is null)
            {
                faults.Add(new Fault(entry.Key.Location,
                    $"unknown field `{entry.Key.Text}`{Suggestion.For(entry.Key.Text, fields.Select(f => f.Name))}"));
                continue;
            }

            locations.Add(record, field.Name, -1, entry.Value.Location);
            if (entry.Value is YamlScalar { IsNull: true } && !field.Required)
                continue;
            if (BindValue(record, field, field.Property.PropertyType, entry.Value, -1) is { } value)
                field.Property.SetValue(record, value);
            else
                sound &= !field.Required;
        }

        foreach (var field in fields.Where(f => f.Required && mapping[f.Name] is null))
        {
            faults.Add(new Fault(mapping.Location, $"field `{field.Name}` is missing"));
            sound = false;
        }

        if (!sound)
            return null;
        LocationOf(type)?.SetValue(record, mapping.Location);
        return record;
    }

    private object? BindValue(object owner, FieldDescription field, Type declared, YamlNode node, int index)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>))
            return BindArray(owner, field, type.GetGenericArguments()[0], node);
        if (type == typeof(ImmutableDictionary<string, string>))
            return BindTexts(field, node);
        if (type.IsEnum || type.IsValueType || type == typeof(string))
        {
            return node is YamlScalar scalar
                ? _scalars.Read(type, scalar, field)
                : Refuse(node, field, "a single value");
        }

        if (node is not YamlMapping mapping)
            return Refuse(node, field, "a mapping");
        var record = BindRecord(type, mapping);
        if (record is not null)
            locations.Add(record, "", -1, node.Location);
        return record;
    }

    private object? BindArray(object owner, FieldDescription field, Type element, YamlNode node)
    {
        if (node is not YamlSequence sequence)
            return Refuse(node, field, "a list", node is YamlScalar { IsNull: false } one
                ? $"; write [{(element == typeof(string) ? $"\"{one.Text}\"" : one.Text)}]"
                : "");
        var items = new List<object>(sequence.Items.Length);
        foreach (var item in sequence.Items)
        {
            locations.Add(owner, field.Name, items.Count, item.Location);
            if (BindValue(owner, field, element, item, items.Count) is { } value)
                items.Add(value);
        }

        return MakeArrayOf.MakeGenericMethod(element).Invoke(null, [items]);
    }

    private object? BindTexts(FieldDescription field, YamlNode node)
    {
        if (node is not YamlMapping mapping)
            return Refuse(node, field, "a mapping");
        var texts = ImmutableDictionary.CreateBuilder<string, string>();
        foreach (var entry in mapping.Entries)
        {
            if (entry.Value is not YamlScalar scalar)
                Refuse(entry.Value, field, "a single value");
            else if (_scalars.Read(typeof(string), scalar, field) is string text)
                texts[entry.Key.Text] = text;
        }

        return texts.ToImmutable();
    }

    private object? Refuse(YamlNode node, FieldDescription field, string wanted, string hint = "")
    {
        faults.Add(new Fault(node.Location,
            $"field `{field.Name}` wants {wanted}, and this is {node.Describe()}{hint}"));
        return null;
    }

    // A part that other rooms find fault with remembers where it was read.
    private PropertyInfo? LocationOf(Type type)
    {
        if (!_places.TryGetValue(type, out var property))
            _places[type] = property = type.GetProperty(nameof(Resource.Location), typeof(Location));
        return property;
    }

    private ImmutableArray<FieldDescription> Fields(Type type)
    {
        if (!_fields.TryGetValue(type, out var fields))
            _fields[type] = fields = FieldDescription.Of(type);
        return fields;
    }

    private static ImmutableArray<T> MakeArray<T>(List<object> items) => [.. items.Cast<T>()];
}
