namespace Meridian.Model.Resources;

/// <summary>What an endpoint answers when no pool is up, or before the first round of probes is done.</summary>
public enum WhenAllDown
{
    /// <summary>Every enabled address, healthy or not.</summary>
    ServeAll,

    /// <summary>The addresses that were up last; every one if none ever was.</summary>
    LastKnownGood,

    /// <summary>The addresses under <c>fallback</c>.</summary>
    Fallback,

    /// <summary>An empty answer.</summary>
    NoData,

    /// <summary>A server failure, so that resolvers ask elsewhere.</summary>
    ServFail,
}
