using System.Text.Json;

namespace Meridian.Model.Yaml;

/// <summary>Reads JSON, as Kubernetes gives it, into the same nodes as YAML; places are paths of fields.</summary>
internal static class JsonNodes
{
    /// <summary>The node of an element; null beyond <see cref="YamlDocuments.MaxDepth"/>, after a fault.</summary>
    public static YamlNode Read(string source, JsonElement element, List<Fault> faults) =>
        Read(source, "", element, 0, faults);

    private static YamlNode Read(string source, string path, JsonElement element, int depth, List<Fault> faults)
    {
        var location = new Location(source, 0, 0) { Field = path };
        if (depth > YamlDocuments.MaxDepth)
        {
            faults.Add(new Fault(location, $"nested more than {YamlDocuments.MaxDepth} deep"));
            return new YamlScalar(location, "", Quoted: false);
        }

        return element.ValueKind switch
        {
            JsonValueKind.Object => new YamlMapping(location,
            [
                .. element.EnumerateObject().Select(p => (p, at: path.Length == 0 ? p.Name : $"{path}.{p.Name}"))
                .Select(f => new YamlEntry(
                    new YamlScalar(new Location(source, 0, 0) { Field = f.at }, f.p.Name, Quoted: true),
                    Read(source, f.at, f.p.Value, depth + 1, faults))),
            ]),
            JsonValueKind.Array => new YamlSequence(location,
                [.. element.EnumerateArray()
                    .Select((item, i) => Read(source, $"{path}[{i}]", item, depth + 1, faults))]),
            JsonValueKind.String => new YamlScalar(location, element.GetString()!, Quoted: true),
            JsonValueKind.Null or JsonValueKind.Undefined => new YamlScalar(location, "", Quoted: false),
            _ => new YamlScalar(location, element.GetRawText(), Quoted: false),
        };
    }
}
