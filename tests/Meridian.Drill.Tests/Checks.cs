namespace Meridian.Drill.Tests;

/// <summary>Makes the checks of a drill from a line of marks: <c>+</c> succeeded, <c>-</c> was refused, <c>5</c> got a
/// 503.</summary>
internal static class Checks
{
    public static readonly DateTimeOffset Start = new(2026, 1, 1, 12, 0, 0, TimeSpan.Zero);

    public static readonly DrillOptions Options = new() { Url = new Uri("http://app.example.org/health") };

    /// <summary>One check a second.</summary>
    public static DrillCheck[] Of(string marks, DrillWay way = DrillWay.Dns) =>
    [
        .. marks.Select((mark, i) => new DrillCheck(i + 1, Start.AddSeconds(i), "192.0.2.1",
            mark == '+' ? "hanoi" : null,
            mark switch { '+' => 200, '5' => 503, _ => null },
            TimeSpan.FromMilliseconds(10 * (i + 1)),
            mark == '-' ? "connection refused" : null,
            mark == '+',
            way)),
    ];
}
