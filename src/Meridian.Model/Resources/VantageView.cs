using System.Text.Json.Serialization;

namespace Meridian.Model.Resources;

/// <summary>Whose verdict a node acts on, where the nodes of a cluster disagree.</summary>
public enum VantageView
{
    /// <summary>
    /// That of all, but for what the node's own region cannot reach while others can: its clients are sent elsewhere.
    /// </summary>
    [JsonStringEnumMemberName("regional")]
    Regional,

    /// <summary>That of all, whatever the node's region sees.</summary>
    [JsonStringEnumMemberName("global")]
    Global,

    /// <summary>Its own.</summary>
    [JsonStringEnumMemberName("local")]
    Local,
}
