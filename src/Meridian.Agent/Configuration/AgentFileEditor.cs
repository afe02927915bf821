using YamlDotNet.Core.Events;
using YamlDotNet.RepresentationModel;

namespace Meridian.Agent.Configuration;

/// <summary>
/// Adds and removes services in the text of an agent's file. Everything else, comments too, stays as it is.
/// </summary>
internal static class AgentFileEditor
{
    private const string Services = "services";

    /// <summary>The text with one service more.</summary>
    /// <exception cref="AgentFileException">It is there already, or the file has a fault.</exception>
    public static string Add(AgentFileText file, ServiceEntry service)
    {
        if (AgentFile.Parse(file).Services.Any(s => s.Name == service.Name))
            throw new AgentFileException($"there is a service `{service.Name}` already");
        var lines = LinesOf(file);
        var line = LineOf(service);
        if (file.Load().Node(Services) is not { } node)
            lines.AddRange([$"{Services}:", line]);
        else if (node is not YamlSequenceNode { Children: [.., var last] } list)
            lines[(int)node.Start.Line - 1] = $"{Services}:\n{line}";
        else if (list.Style == SequenceStyle.Flow)
            throw InOneLine(file, list, "added");
        else
            lines.Insert(LastLineOf(last), new string(' ', (int)list.Start.Column - 1) + line);
        return Checked(file, lines);
    }

    /// <summary>The text with one service less.</summary>
    /// <exception cref="AgentFileException">There is none of this name, or the file has a fault.</exception>
    public static string Remove(AgentFileText file, string name)
    {
        var list = file.Load().Node(Services) as YamlSequenceNode;
        var service = list?.Children.OfType<YamlMappingNode>()
            .FirstOrDefault(s => new YamlFields(s, file.Path).Text("name") == name);
        if (list is null || service is null)
            throw new AgentFileException($"there is no service `{name}`");
        if (list.Style == SequenceStyle.Flow)
            throw InOneLine(file, list, "removed");
        var lines = LinesOf(file);
        var first = (int)service.Start.Line - 1;
        lines.RemoveRange(first, LastLineOf(service) - first);
        return Checked(file, lines);
    }

    private static List<string> LinesOf(AgentFileText file) => [.. file.Text.TrimEnd('\n').Split('\n')];

    private static string LineOf(ServiceEntry service)
    {
        var health = service.Health is null ? "" : $", health: {{http: {service.Health.Target}}}";
        return $"- {{name: {service.Name}, address: \"{service.Address}\"{health}}}";
    }

    // Nothing is written that could not be read again.
    private static string Checked(AgentFileText file, List<string> lines)
    {
        var text = string.Join('\n', lines) + "\n";
        AgentFile.Parse(file with { Text = text });
        return text;
    }

    // A block mapping ends where the next thing begins; its last scalar says where it really ends.
    private static int LastLineOf(YamlNode node) =>
        node is YamlMappingNode { Style: MappingStyle.Block } map ? LastLineOf(map.Children[^1].Value)
        : (int)node.End.Line;

    private static AgentFileException InOneLine(AgentFileText file, YamlSequenceNode list, string what) =>
        new($"{file.Path}:{list.Start.Line}: write `{Services}` with a line for each, so that one can be {what}");
}
