using System.Text.Json.Serialization;

namespace Meridian.Fleet.Votes;

/// <summary>What a node says of a target to the others.</summary>
public enum ClaimState
{
    /// <summary>It is up, though the node says of the whole site that it is down.</summary>
    [JsonStringEnumMemberName("up")]
    Up,

    /// <summary>It is up still, and a probe has failed.</summary>
    [JsonStringEnumMemberName("suspect")]
    Suspect,

    [JsonStringEnumMemberName("down")]
    Down,

    /// <summary>This version of Meridian cannot read it: no opinion.</summary>
    [JsonStringEnumMemberName("unreadable")]
    Unreadable,
}
