using System.Text.Json.Serialization;

namespace Meridian.Model.Verdicts;

/// <summary>The state that a person sets for addresses; lower case on the command line and in the API.</summary>
public enum OverrideState
{
    [JsonStringEnumMemberName("up")]
    Up,

    [JsonStringEnumMemberName("down")]
    Down,

    [JsonStringEnumMemberName("drain")]
    Drain,
}
