namespace Meridian.Model.Resources;

/// <summary>How a pool picks among its addresses that are up.</summary>
public enum PoolPolicy
{
    /// <summary>All of them up to <c>maxAnswers</c>, starting at another one for every query.</summary>
    RoundRobin,

    /// <summary>One of them, in proportion to the weights.</summary>
    Weighted,

    /// <summary>The first in the list.</summary>
    Failover,

    /// <summary>The one whose site is nearest to the client.</summary>
    Nearest,

    /// <summary>The same one for the same client network, by consistent hashing.</summary>
    Sticky,

    /// <summary>All of them up to <c>maxAnswers</c>, in the order of the list.</summary>
    All,
}
