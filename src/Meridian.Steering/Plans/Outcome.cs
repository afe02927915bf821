namespace Meridian.Steering.Plans;

/// <summary>How a choice ended.</summary>
public enum Outcome
{
    /// <summary>Addresses of the kind that was asked for.</summary>
    Addresses,

    /// <summary>A host name, to be answered as a CNAME.</summary>
    Alias,

    /// <summary>The chosen pool has nothing of this kind.</summary>
    NoData,

    /// <summary>There is no answer now.</summary>
    Failure,
}
