using System.Text.RegularExpressions;

namespace Meridian.Model.Loads;

/// <summary>A condition on a label.</summary>
/// <param name="Label">Its name.</param>
/// <param name="Negated">Whether it must not hold.</param>
/// <param name="Value">What the label must be; null where <paramref name="Pattern"/> says it.</param>
/// <param name="Pattern">What the label must match as a whole.</param>
public sealed record LabelMatch(string Label, bool Negated, string? Value, Regex? Pattern)
{
    public bool Matches(string value) => (Pattern?.IsMatch(value) ?? value == Value) != Negated;
}
