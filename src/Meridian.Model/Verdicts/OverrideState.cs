using System.Text.Json.Serialization;

namespace Meridian.Model.Verdicts;

/// <summary>What a person says of addresses; lower case on the command line and in the API.</summary>
public enum OverrideState
{
    [JsonStringEnumMemberName("up")]
    Up,

    [JsonStringEnumMemberName("down")]
    Down,

    [JsonStringEnumMemberName("drain")]
    Drain,
}
