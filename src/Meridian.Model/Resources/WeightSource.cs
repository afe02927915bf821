using System.Text.Json.Serialization;

namespace Meridian.Model.Resources;

/// <summary>Where the weights of an endpoint's pools come from.</summary>
public enum WeightSource
{
    /// <summary>From the resource.</summary>
    [JsonStringEnumMemberName("fixed")]
    Fixed,

    /// <summary>From the resource, corrected by what the pools have to do.</summary>
    [JsonStringEnumMemberName("auto")]
    Auto,
}
