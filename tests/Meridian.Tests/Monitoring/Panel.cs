namespace Meridian.Tests.Monitoring;

/// <summary>One chart of a dashboard.</summary>
/// <param name="Title">What it shows.</param>
/// <param name="Unit">As Grafana calls it.</param>
/// <param name="Width">Of 24 columns.</param>
/// <param name="Queries">PromQL and the legend of each line.</param>
internal sealed record Panel(string Title, string Unit, int Width, params (string Expression, string Legend)[] Queries)
{
    /// <summary>A number instead of lines.</summary>
    public bool Stat { get; init; }
}
