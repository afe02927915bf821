using System.Text.Json.Serialization;

namespace Meridian.Model.Resources;

/// <summary>What may be done with the management API.</summary>
public enum ApiGrant
{
    [JsonStringEnumMemberName("none")]
    None,

    [JsonStringEnumMemberName("read")]
    Read,

    [JsonStringEnumMemberName("write")]
    Write,
}
