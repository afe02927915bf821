using System.Globalization;
using System.Text.Json.Nodes;

namespace Meridian.Kubernetes.Writing;

/// <summary>
/// Writes conditions so that their transition times say when the status last changed, and nothing else.
/// </summary>
public static class Conditions
{
    /// <summary>
    /// The conditions as JSON, with the transition times of <paramref name="before"/> where the status is the same.
    /// </summary>
    public static JsonArray Write(IEnumerable<Condition> conditions, JsonArray? before, long generation,
        DateTimeOffset now)
    {
        var result = new JsonArray();
        foreach (var condition in conditions)
        {
            var status = condition.Status switch { true => "True", false => "False", _ => "Unknown" };
            var old = before?.OfType<JsonObject>().FirstOrDefault(c => (string?)c["type"] == condition.Type);
            var since = (string?)old?["status"] == status ? (string?)old?["lastTransitionTime"] : null;
            result.Add((JsonNode)new JsonObject
            {
                ["type"] = condition.Type,
                ["status"] = status,
                ["observedGeneration"] = generation,
                ["lastTransitionTime"] = since ?? Time(now),
                ["reason"] = condition.Reason,
                ["message"] = condition.Message.Length <= 32768 ? condition.Message : condition.Message[..32768],
            });
        }

        return result;
    }

    private static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
