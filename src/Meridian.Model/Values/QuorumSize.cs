using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Meridian.Model.Values;

/// <summary>
/// How many of those who judge must agree: <c>majority</c>, <c>all</c>, <c>one</c>, or a number of them.
/// </summary>
public readonly record struct QuorumSize
{
    private const int MostVoters = 1000;

    // 0 is the majority, so that what nobody has set is one.
    private readonly int _size;

    private QuorumSize(int size) => _size = size;

    /// <summary>More than half.</summary>
    public static QuorumSize Majority { get; }

    /// <summary>Every one.</summary>
    public static QuorumSize All { get; } = new(-1);

    /// <summary>Reads <c>majority</c>, <c>all</c>, <c>one</c> or a number from 1 to 1000.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out QuorumSize value)
    {
        value = text switch
        {
            "all" => All,
            "one" => new QuorumSize(1),
            _ when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                && size is > 0 and <= MostVoters => new QuorumSize(size),
            _ => Majority,
        };
        return text == "majority" || value != Majority;
    }

    /// <summary>How many of so many voters that is: never more than there are, and at least one.</summary>
    public int Of(int voters) => Math.Max(1, _size switch
    {
        0 => (voters / 2) + 1,
        -1 => voters,
        _ => Math.Min(_size, voters),
    });

    public override string ToString() => _size switch
    {
        0 => "majority",
        -1 => "all",
        1 => "one",
        _ => _size.ToString(CultureInfo.InvariantCulture),
    };
}
