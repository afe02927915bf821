namespace Meridian.Model.Resources;

/// <summary>How an endpoint orders its pools that are up.</summary>
public enum EndpointPolicy
{
    /// <summary>By distance from the client's place to the pool's site.</summary>
    Nearest,

    /// <summary>
    /// By who asks: the pools that the SourceMap gives for the client's network, AS, country or continent.
    /// </summary>
    SourceMap,

    /// <summary>By priority, smallest number first.</summary>
    Failover,

    /// <summary>One drawn per query in proportion to the weights.</summary>
    Weighted,

    /// <summary>One drawn per query, each as often as the others.</summary>
    RoundRobin,

    /// <summary>The same one for the same client network, by consistent hashing.</summary>
    Sticky,

    /// <summary>One drawn per query by weights that follow what the pools have to do.</summary>
    LeastLoad,
}
