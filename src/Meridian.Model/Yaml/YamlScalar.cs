using System.Globalization;

namespace Meridian.Model.Yaml;

/// <summary>A scalar, with whether it was quoted: <c>"1"</c> is a string and <c>1</c> is a number.</summary>
internal sealed record YamlScalar(Location Location, string Text, bool Quoted) : YamlNode(Location)
{
    public bool IsNull => !Quoted && Text is "" or "~" or "null" or "Null" or "NULL";

    public bool IsBoolean => !Quoted && Text is "true" or "false" or "True" or "False" or "TRUE" or "FALSE";

    public bool IsNumber =>
        !Quoted && Text.Length > 0 && (char.IsAsciiDigit(Text[0]) || Text[0] is '-' or '+' or '.') &&
        double.TryParse(Text, NumberStyles.Float, CultureInfo.InvariantCulture, out _);

    public override string Describe() =>
        IsNull ? "nothing" : IsBoolean ? $"the boolean {Text}" : IsNumber ? $"the number {Text}" : $"`{Shorten(Text)}`";

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
