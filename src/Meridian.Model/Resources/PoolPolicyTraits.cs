namespace Meridian.Model.Resources;

/// <summary>
/// What the rules of the configuration know of a pool's policy. How it picks addresses is steering's:
/// <c>AddressPickers</c>.
/// </summary>
public sealed record PoolPolicyTraits
{
    /// <summary>Every address has to have a site, its own or the pool's.</summary>
    public bool NeedsSites { get; private init; }

    /// <summary>It asks where clients are, so that it needs a database of places.</summary>
    public bool NeedsGeography { get; private init; }

    /// <summary>The traits of a policy.</summary>
    public static PoolPolicyTraits Of(PoolPolicy policy) => policy switch
    {
        PoolPolicy.RoundRobin => Plain,
        PoolPolicy.Weighted => Plain,
        PoolPolicy.Failover => Plain,
        PoolPolicy.Nearest => Nearest,
        PoolPolicy.Sticky => Plain,
        PoolPolicy.All => Plain,
    };

    private static readonly PoolPolicyTraits Plain = new();
    private static readonly PoolPolicyTraits Nearest = new() { NeedsSites = true, NeedsGeography = true };
}
