namespace Meridian.Steering.Loads;

/// <summary>Why a pool has the weight that it has.</summary>
public enum WeightReason
{
    /// <summary>
    /// Nothing is known of its load, or not for so long that it means nothing: the weight is its capacity.
    /// </summary>
    NoFigure,

    /// <summary>Its load follows the mean.</summary>
    Balanced,

    /// <summary>It has more than the mean and gets less.</summary>
    Busier,

    /// <summary>It has less than the mean and gets more.</summary>
    Idler,

    /// <summary>Its figure is old: the weight goes back to its capacity.</summary>
    Stale,

    /// <summary>It does not serve.</summary>
    Out,
}
