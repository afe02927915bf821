using System.Text.Json.Serialization;

namespace Meridian.Model.Resources;

/// <summary>What a weight is.</summary>
public enum WeightFrom
{
    /// <summary>The number in <c>weight</c>.</summary>
    [JsonStringEnumMemberName("fixed")]
    Fixed,

    /// <summary>The number of ready endpoints in the cluster.</summary>
    [JsonStringEnumMemberName("ready")]
    Ready,
}
