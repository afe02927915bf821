namespace Meridian.Model.Resources;

/// <summary>Where the weights of an endpoint's pools come from.</summary>
public enum WeightSource
{
    /// <summary>From the resource.</summary>
    Fixed,

    /// <summary>From the resource, corrected by what the pools have to do.</summary>
    Auto,
}
