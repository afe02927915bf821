using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace Meridian.Agent.Configuration;

/// <summary>The fields of a mapping in the agent's file. Every fault names its line.</summary>
/// <param name="Map">The mapping.</param>
/// <param name="Path">The file.</param>
internal readonly record struct YamlFields(YamlMappingNode Map, string Path)
{
    /// <summary>The value of a field; null where it is not there.</summary>
    public YamlNode? Node(string name) => Map.Children.FirstOrDefault(c => TextOf(c.Key) == name).Value;

    /// <summary>The value of a scalar field; null where it is not there, or is no scalar.</summary>
    public string? Text(string name) => TextOf(Node(name));

    /// <summary>The items of a list; none where it is not there, or is empty.</summary>
    /// <exception cref="AgentFileException">It is no list.</exception>
    public IEnumerable<YamlNode> Items(string name) => Node(name) switch
    {
        null or YamlScalarNode { Value: null or "" or "null" or "~" } => [],
        YamlSequenceNode list => list.Children,
        var other => throw Fault(other, $"`{name}` is a list"),
    };

    /// <summary>A whole number within bounds.</summary>
    /// <exception cref="AgentFileException">It is none.</exception>
    public int Number(string name, int standard, int least, int most)
    {
        if (Text(name) is not { } text)
            return standard;
        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
            && value >= least && value <= most
            ? value : throw Fault($"`{name}` is a number from {least} to {most}, and not `{text}`");
    }

    /// <summary>Refuses fields that are not known.</summary>
    /// <exception cref="AgentFileException">There is one.</exception>
    public void AllowOnly(params string[] names)
    {
        if (Map.Children.Keys.FirstOrDefault(k => !names.Contains(TextOf(k))) is { } unknown)
            throw Fault(unknown, $"`{TextOf(unknown)}` is not known here; there are {string.Join(", ", names)}");
    }

    public AgentFileException Fault(string message) => Fault(Map, message);

    public AgentFileException Fault(YamlNode node, string message) => new($"{Path}:{node.Start.Line}: {message}");

    public static string? TextOf(YamlNode? node) => (node as YamlScalarNode)?.Value;
}
