using System.Collections.Immutable;
using System.Reflection;
using System.Text.Json.Serialization;

namespace Meridian.Model.Binding;

/// <summary>How the values of an enumeration are written in YAML and JSON.</summary>
public static class EnumNames
{
    /// <summary>The names in the order of the values.</summary>
    public static ImmutableArray<string> Of(Type type) =>
    [
        .. Enum.GetNames(type).Select(name =>
            type.GetField(name)!.GetCustomAttribute<JsonStringEnumMemberNameAttribute>()?.Name ?? name),
    ];
}
