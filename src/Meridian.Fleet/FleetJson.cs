using System.Text.Json;
using System.Text.Json.Serialization;
using Meridian.Fleet.Intent;
using Meridian.Fleet.Membership;
using Meridian.Fleet.Records;
using Meridian.Fleet.Secrets;
using Meridian.Fleet.Updates;
using Meridian.Fleet.Votes;
using Meridian.Fleet.Zones;
using Meridian.Model.Records;

namespace Meridian.Fleet;

/// <summary>How values stand in the shared store. What a later version adds is passed over.</summary>
[JsonSourceGenerationOptions(JsonSerializerDefaults.Web, UseStringEnumConverter = true,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(string[]))]
[JsonSerializable(typeof(Member))]
[JsonSerializable(typeof(KnownNode))]
[JsonSerializable(typeof(NodeDrain))]
[JsonSerializable(typeof(Claim))]
[JsonSerializable(typeof(SharedOverride))]
[JsonSerializable(typeof(StoreFormat))]
[JsonSerializable(typeof(StoreExport))]
[JsonSerializable(typeof(SharedOwner))]
[JsonSerializable(typeof(ClientRecord[]))]
[JsonSerializable(typeof(SharedRecordSet[]))]
[JsonSerializable(typeof(UpdateMark))]
[JsonSerializable(typeof(CookieSecrets))]
[JsonSerializable(typeof(SharedVersion))]
[JsonSerializable(typeof(string))]
internal sealed partial class FleetJson : JsonSerializerContext
{
    /// <summary>For files that people read.</summary>
    public static FleetJson Indented { get; } = new(new JsonSerializerOptions(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });

    /// <summary>The value of a text; null where it is none.</summary>
    public static T? Read<T>(string text, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type) where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
