using System.Collections.Immutable;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Meridian.Model.Binding;

/// <summary>One field of a resource or of a part of it, read off its property.</summary>
public sealed record FieldDescription(string Name, PropertyInfo Property, FieldAttribute Attribute, bool Required)
{
    /// <summary>The fields of <paramref name="type"/> in the order in which they are declared.</summary>
    public static ImmutableArray<FieldDescription> Of(Type type) =>
    [
        .. from property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
           let attribute = property.GetCustomAttribute<FieldAttribute>()
           where attribute is not null
           orderby property.MetadataToken
           select new FieldDescription(
               attribute.Name ?? JsonNamingPolicy.CamelCase.ConvertName(property.Name),
               property,
               attribute,
               property.IsDefined(typeof(RequiredMemberAttribute))),
    ];
}
