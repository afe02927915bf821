namespace Meridian.Steering.Tests.Loads;

/// <summary>What a simulation gave, second by second.</summary>
/// <param name="Mean">All traffic over all capacity.</param>
/// <param name="Used">Utilisation of each site.</param>
/// <param name="Weights">Share that each site's weight gives it.</param>
internal sealed record SimulationResult(double Mean, double[][] Used, double[][] Weights)
{
    /// <summary>Seconds in which the law finds what is wrong, which are not counted.</summary>
    private const int Settling = 900;

    private double[][] Settled => Used[Math.Min(Settling, Used.Length / 2)..];

    /// <summary>The largest standard deviation of a site's utilisation.</summary>
    public double Deviation =>
        Enumerable.Range(0, Used[0].Length).Max(i => StandardDeviation(Settled.Select(u => u[i])));

    /// <summary>Mean utilisation of each site.</summary>
    public double[] Means => [.. Enumerable.Range(0, Used[0].Length).Select(i => Settled.Average(u => u[i]))];

    /// <summary>Part of the time in which some site is over its capacity.</summary>
    public double Over => Settled.Count(u => u.Max() > 1) / (double)Settled.Length;

    /// <summary>The largest standard deviation of a weight, relative to it: what the law itself moves.</summary>
    public double Restlessness => Enumerable.Range(0, Used[0].Length).Max(i =>
    {
        var weights = Weights[Math.Min(Settling, Weights.Length / 2)..].Select(w => w[i]).ToArray();
        return StandardDeviation(weights) / weights.Average();
    });

    private static double StandardDeviation(IEnumerable<double> values)
    {
        var all = values.ToArray();
        var mean = all.Average();
        return Math.Sqrt(all.Average(v => (v - mean) * (v - mean)));
    }
}
