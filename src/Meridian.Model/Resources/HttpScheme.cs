using System.Text.Json.Serialization;

namespace Meridian.Model.Resources;

/// <summary>The two HTTP URL schemes; lower case in YAML, as in a URL.</summary>
public enum HttpScheme
{
    [JsonStringEnumMemberName("http")]
    Http,

    [JsonStringEnumMemberName("https")]
    Https,
}
