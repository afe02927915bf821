using System.Collections.Immutable;
using System.Globalization;
using Meridian.Tunnel.Sites;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Meridian.Agent.Configuration;

/// <summary>
/// The agent's own file, <c>agent.yaml</c>: where it dials, and what it leads to. Nothing else can be reached through
/// it.
/// </summary>
/// <param name="Gateways">Where it dials.</param>
/// <param name="Connections">Connections that it keeps, from 1 to 32.</param>
/// <param name="Services">What it leads to.</param>
/// <param name="Labels">What people call the host and its kind.</param>
internal sealed record AgentFile(
    ImmutableArray<GatewayAddress> Gateways, int Connections, ImmutableArray<ServiceEntry> Services, ImmutableDictionary<string, string> Labels)
{
    public const string Name = "agent.yaml";

    private const int MaxServices = 1000;
    private const int MaxLabels = 32;

    /// <summary>Reads it.</summary>
    /// <exception cref="AgentFileException">It has a fault.</exception>
    public static AgentFile Read(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), path);
        }
        catch (IOException e)
        {
            throw new AgentFileException(e is FileNotFoundException or DirectoryNotFoundException
                ? $"there is no {path}; `meridian-agent enroll` makes one" : e.Message);
        }
    }

    /// <exception cref="AgentFileException">It has a fault.</exception>
    public static AgentFile Parse(string text, string path)
    {
        var root = Load(text, path);
        Only(root, path, "gateways", "connections", "labels", "services");
        var gateways = Items(root, "gateways", path).Select(g => Gateway(g, path)).ToImmutableArray();
        if (gateways.IsEmpty)
            throw Fault(path, root, "`gateways` is empty: the agent has nowhere to dial");
        var connections = Number(root, "connections", 4, 1, 32, path);
        var services = Items(root, "services", path).Select(s => Service(s, path)).ToImmutableArray();
        if (services.Length > MaxServices)
            throw Fault(path, root, $"more than {MaxServices} services");
        if (services.GroupBy(s => s.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw Fault(path, root, $"two services are called `{twice.Key}`");
        return new AgentFile(gateways, connections, services, Labelled(root, path));
    }

    /// <summary>The file with a service more.</summary>
    /// <exception cref="AgentFileException">It is there already, or the file has a fault.</exception>
    public static string WithService(string text, string path, ServiceEntry service)
    {
        if (Parse(text, path).Services.Any(s => s.Name == service.Name))
            throw new AgentFileException($"there is a service `{service.Name}` already");
        var health = service.HealthPath is null ? "" : $", health: {{http: {service.HealthPath}}}";
        var line = $"- {{name: {service.Name}, address: \"{service.Address}\"{health}}}";
        var lines = text.TrimEnd('\n').Split('\n').ToList();
        if (Load(text, path).Children
            .FirstOrDefault(c => Text(c.Key) == "services") is not { Value: YamlSequenceNode list })
            lines.AddRange(["services:", line]);
        else if (list.Children.Count == 0)
            (lines[(int)list.Start.Line - 1], _) = ("services:\n" + line, 0);
        else if (list.Style == YamlDotNet.Core.Events.SequenceStyle.Flow)
            throw new AgentFileException($"{path}:{list.Start.Line}: write `services` with a line for each, so that one can be added");
        else
            lines.Insert(LastLine(list.Children[^1]), new string(' ', (int)list.Start.Column - 1) + line);
        return Checked(string.Join('\n', lines) + "\n", path);
    }

    /// <summary>The file with a service less.</summary>
    /// <exception cref="AgentFileException">There is none of this name, or the file has a fault.</exception>
    public static string WithoutService(string text, string path, string name)
    {
        var list = Load(text, path).Children.FirstOrDefault(c => Text(c.Key) == "services").Value as YamlSequenceNode;
        var node = list?.Children.OfType<YamlMappingNode>()
            .FirstOrDefault(s => s.Children.Any(f => Text(f.Key) == "name" && Text(f.Value) == name))
            ?? throw new AgentFileException($"there is no service `{name}`");
        if (list!.Style == YamlDotNet.Core.Events.SequenceStyle.Flow)
            throw new AgentFileException($"{path}:{list.Start.Line}: write `services` with a line for each, so that one can be removed");
        var lines = text.TrimEnd('\n').Split('\n').ToList();
        lines.RemoveRange((int)node.Start.Line - 1, LastLine(node) - (int)node.Start.Line + 1);
        if (list.Children.Count == 1)
            lines[(int)list.Start.Line - 2] = "services: []";
        return Checked(string.Join('\n', lines) + "\n", path);
    }

    private static string Checked(string text, string path)
    {
        Parse(text, path);
        return text;
    }

    // A block mapping ends where the next thing begins; its last scalar says where it really ends.
    private static int LastLine(YamlNode node) =>
        (int)(node is YamlMappingNode { Style: YamlDotNet.Core.Events.MappingStyle.Block } map
            ? LastLine(map.Children[^1].Value) : node.End.Line);

    private static YamlMappingNode Load(string text, string path)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new AgentFileException($"{path}:{e.Start.Line}: {e.Message}");
        }

        return stream.Documents is [{ RootNode: YamlMappingNode root }]
            ? root : throw new AgentFileException($"{path}: it has to be one mapping with `gateways` and `services`");
    }

    private static GatewayAddress Gateway(YamlNode node, string path)
    {
        try
        {
            return GatewayAddress.Parse(Text(node) ?? "");
        }
        catch (FormatException e)
        {
            throw Fault(path, node, e.Message);
        }
    }

    private static ServiceEntry Service(YamlNode node, string path)
    {
        if (node is not YamlMappingNode map)
            throw Fault(path, node, "a service has a `name` and an `address`");
        Only(map, path, "name", "address", "health");
        var name = Field(map, "name");
        if (name is not { Length: > 0 and <= 63 }
            || name.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-'))
            throw Fault(path, map, "`name` is lower-case letters, digits and hyphens, at most 63");
        var address = ServiceAddress.Parse(Field(map, "address") ?? "")
            ?? throw Fault(path, map, $"`address` of {name} is HOST:PORT or unix:/PATH");
        if (map.Children.FirstOrDefault(c => Text(c.Key) == "health").Value is not { } health)
            return new ServiceEntry(name, address, null, ServiceEntry.DefaultInterval);
        if (health is not YamlMappingNode probe)
            throw Fault(path, health, "`health` is such as {http: /health, interval: 2s}");
        Only(probe, path, "http", "interval");
        var get = Field(probe, "http");
        if (get is not null && !get.StartsWith('/'))
            throw Fault(path, probe, "`http` is a path that begins with /");
        var interval = Field(probe, "interval") is { } text
            ? Seconds(text) ?? throw Fault(path, probe, $"`interval` is such as 2s, from 100ms to 1h, and not `{text}`")
            : ServiceEntry.DefaultInterval;
        return new ServiceEntry(name, address, get, interval);
    }

    private static ImmutableDictionary<string, string> Labelled(YamlMappingNode root, string path)
    {
        if (root.Children.FirstOrDefault(c => Text(c.Key) == "labels").Value is not { } node)
            return ImmutableDictionary<string, string>.Empty;
        if (node is not YamlMappingNode map || map.Children.Count > MaxLabels
            || map.Children.Any(c => Text(c.Key) is not { Length: > 0 and <= 63 }
                || Text(c.Value) is not { Length: <= 63 }))
            throw Fault(path, node, $"`labels` is such as {{gpu: h100, rack: b7}}: {MaxLabels} at most, each name and value 63 characters at most");
        return map.Children.ToImmutableDictionary(c => Text(c.Key)!, c => Text(c.Value)!);
    }

    private static TimeSpan? Seconds(string text)
    {
        var (number, unit) = text.EndsWith("ms", StringComparison.Ordinal) ? (text[..^2], 0.001) : text.EndsWith('s')
            ? (text[..^1], 1.0) : text.EndsWith('m') ? (text[..^1], 60.0) : ("", 0);
        return double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value)
            && value * unit is >= 0.1 and <= 3600 ? TimeSpan.FromSeconds(value * unit) : null;
    }

    private static int Number(YamlMappingNode map, string name, int standard, int least, int most, string path) =>
        Field(map, name) is not { } text ? standard
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value) && value >= least
        && value <= most ? value
        : throw Fault(path, map, $"`{name}` is a number from {least} to {most}, and not `{text}`");

    private static IEnumerable<YamlNode> Items(YamlMappingNode map, string name, string path) =>
        map.Children.FirstOrDefault(c => Text(c.Key) == name).Value switch
    {
        null => [],
        YamlSequenceNode list => list.Children,
        YamlScalarNode { Value: null or "" or "null" or "~" } => [],
        var other => throw Fault(path, other, $"`{name}` is a list"),
    };

    private static void Only(YamlMappingNode map, string path, params string[] names)
    {
        if (map.Children.FirstOrDefault(c => !names.Contains(Text(c.Key))) is { Key: { } unknown })
            throw Fault(path, unknown, $"`{Text(unknown)}` is not known here; there are {string.Join(", ", names)}");
    }

    private static string? Field(YamlMappingNode map, string name) =>
        Text(map.Children.FirstOrDefault(c => Text(c.Key) == name).Value);

    private static string? Text(YamlNode? node) => (node as YamlScalarNode)?.Value;

    private static AgentFileException Fault(string path, YamlNode node, string message) =>
        new($"{path}:{node.Start.Line}: {message}");
}
