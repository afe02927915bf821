using System.Collections.Frozen;

namespace Meridian.Addresses;

/// <summary>
/// Names of enumerations, read strictly: one name, in any case. The framework takes <c>77</c>, <c>+1</c> and
/// <c>A, NS</c> as well.
/// </summary>
public static class EnumText
{
    public static bool TryParse<T>(string? text, out T value) where T : struct, Enum
    {
        value = default;
        return text is not null && Names<T>.Values.TryGetValue(text, out value);
    }

    /// <summary>Reads what has been checked before.</summary>
    public static T Parse<T>(string text) where T : struct, Enum =>
        TryParse<T>(text, out var value) ? value : throw new FormatException($"`{text}` is no {typeof(T).Name}");

    private static class Names<T> where T : struct, Enum
    {
        public static FrozenDictionary<string, T> Values { get; } = Enum.GetNames<T>().Zip(Enum.GetValues<T>())
            .ToFrozenDictionary(n => n.First, n => n.Second, StringComparer.OrdinalIgnoreCase);
    }
}
