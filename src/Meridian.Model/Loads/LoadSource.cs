namespace Meridian.Model.Loads;

/// <summary>Where a load figure comes from.</summary>
public enum LoadSource
{
    /// <summary>The metrics of the address.</summary>
    Scrape,

    /// <summary>A load report in an answer.</summary>
    Report,

    /// <summary>The answer to a health probe.</summary>
    Health,

    /// <summary>What a gateway itself has sent there.</summary>
    Gateway,
}
