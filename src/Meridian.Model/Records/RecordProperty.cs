using System.Text.Json.Serialization;
using Meridian.Model.Joining;

namespace Meridian.Model.Records;

/// <summary>A property that a client's annotation gives a record, such as <c>webhook/meridian-site</c>.</summary>
public sealed record RecordProperty(string Name, string Value)
{
    /// <summary>What the names of Meridian's properties begin with; those of others are of no concern.</summary>
    public const string Prefix = "webhook/meridian-";

    /// <summary>Its name without the prefix; null where it is not Meridian's.</summary>
    [JsonIgnore]
    public string? OwnName => Name.StartsWith(Prefix, StringComparison.Ordinal) ? Name[Prefix.Length..] : null;

    /// <summary>Why it cannot be read; null where it can.</summary>
    [JsonIgnore]
    public string? Fault => OwnName switch
    {
        null => null,
        "ttl" => "there is no `ttl`: the record's own is read",
        "service-health-policy" => "there is no `service-health-policy`: it is for objects in clusters",
        var name => JoiningProperties.Read([new(name, Value)]).Faults.FirstOrDefault(),
    };
}
