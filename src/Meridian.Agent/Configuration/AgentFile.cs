using System.Collections.Immutable;
using System.Text;
using Meridian.Addresses;
using Meridian.Agent.Identity;
using Meridian.Files;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;
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
internal sealed record AgentFile(ImmutableArray<GatewayAddress> Gateways, int Connections,
    ImmutableArray<ServiceEntry> Services, ImmutableDictionary<string, string> Labels)
{
    public const string Name = "agent.yaml";

    /// <summary>The most that is read of the agent's files, in octets.</summary>
    public const int MaxBytes = 16 * 1024 * 1024;

    private const int DefaultConnections = 4;
    private const int MaxConnections = 32;
    private const int MaxLabels = 32;
    private const int MaxNameLength = 63;
    private const int MaxHostLength = 253;
    private const int MaxGrpcName = 100;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestInterval = TimeSpan.FromHours(1);

    /// <summary>Reads it.</summary>
    /// <exception cref="AgentFileException">It is not there, cannot be read, or has a fault.</exception>
    public static AgentFile Read(AgentFolder folder)
    {
        try
        {
            return Parse(new AgentFileText(folder.File, RegularFile.ReadText(folder.File, MaxBytes)));
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new AgentFileException(
                $"there is no {folder.File}; `{folder.CommandText("enroll --gateway HOST")}` makes one");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new AgentFileException(e.Message);
        }
    }

    /// <exception cref="AgentFileException">It has a fault.</exception>
    public static AgentFile Parse(AgentFileText file)
    {
        var root = file.Load();
        root.AllowOnly("gateways", "connections", "labels", "services");
        var gateways = root.Items("gateways").Select(g => Gateway(root, g)).ToImmutableArray();
        if (gateways.IsEmpty)
            throw root.Fault("`gateways` is empty: the agent has nowhere to dial");
        var connections = root.Number("connections", DefaultConnections, 1, MaxConnections);
        var services = root.Items("services").Select(s => Service(root, s)).ToImmutableArray();
        if (services.Length > TunnelTokens.MaxServices)
            throw root.Fault($"more than {TunnelTokens.MaxServices} services");
        if (services.GroupBy(s => s.Name).FirstOrDefault(g => g.Count() > 1) is { } twice)
            throw root.Fault($"two services are called `{twice.Key}`");
        return new AgentFile(gateways, connections, services, LabelsOf(root));
    }

    private static GatewayAddress Gateway(YamlFields root, YamlNode node)
    {
        try
        {
            return GatewayAddress.Parse(YamlFields.TextOf(node) ?? "");
        }
        catch (FormatException e)
        {
            throw root.Fault(node, e.Message);
        }
    }

    private static ServiceEntry Service(YamlFields root, YamlNode node)
    {
        if (node is not YamlMappingNode map)
            throw root.Fault(node, "a service has a `name` and an `address`");
        var fields = new YamlFields(map, root.Path);
        fields.AllowOnly("name", "address", "health");
        if (fields.Text("name") is not { } name || !IsServiceName(name))
            throw fields.Fault($"`name` is lower-case letters, digits and hyphens, at most {MaxNameLength}");
        var address = ServiceAddress.Parse(fields.Text("address") ?? "")
            ?? throw fields.Fault($"`address` of {name} is HOST:PORT or unix:/PATH, "
                + $"the path {ServiceAddress.MaxPath} octets at most");
        var (health, interval) = Health(fields);
        return new ServiceEntry(name, address, health, interval);
    }

    private static (HealthRequest? Request, TimeSpan Interval) Health(YamlFields service)
    {
        if (service.Node("health") is not { } health)
            return (null, ServiceEntry.DefaultInterval);
        if (health is not YamlMappingNode map)
            throw service.Fault(health, "`health` is such as {http: /health, interval: 2s}");
        var fields = new YamlFields(map, service.Path);
        fields.AllowOnly("http", "https", "grpc", "host", "interval");
        var request = Request(fields);
        if (fields.Text("interval") is not { } text)
            return (request, ServiceEntry.DefaultInterval);
        return (request, Interval(text)
            ?? throw fields.Fault($"`interval` is such as 2s, from 100ms to 1h, and not `{text}`"));
    }

    private static HealthRequest? Request(YamlFields health)
    {
        var asked = Enum.GetValues<HealthProtocol>().Where(p => health.Text(FieldOf(p)) is not null).ToArray();
        var host = health.Text("host");
        if (asked.Length > 1)
            throw health.Fault("`health` has one of http, https and grpc");
        if (asked.Length == 0)
            return host is null ? null : throw health.Fault("`host` goes with http, https or grpc");
        if (host is not null && (host.Length > MaxHostLength || !IsHost(host)))
            throw health.Fault($"`host` is a host name, and not `{host}`");
        var target = health.Text(FieldOf(asked[0]))!;
        if (asked[0] != HealthProtocol.Grpc && !target.StartsWith('/'))
            throw health.Fault($"`{FieldOf(asked[0])}` is a path that begins with /");
        if (asked[0] == HealthProtocol.Grpc && (target.Length > MaxGrpcName || !Ascii.IsValid(target)))
            throw health.Fault($"`grpc` is the name of a service, at most {MaxGrpcName} characters, or empty");
        return new HealthRequest(asked[0], target, host);
    }

    // 192.0.2.010 is neither a name nor an address.
    private static bool IsHost(string text) => text is ['[', .. var inner, ']']
        ? inner.Contains(':') && IpText.TryParse(inner, out _)
        : IpText.IsMeant(text) ? !text.Contains(':') && IpText.TryParse(text, out _)
        : Uri.CheckHostName(text) == UriHostNameType.Dns;

    private static string FieldOf(HealthProtocol protocol) => protocol switch
    {
        HealthProtocol.Http => "http",
        HealthProtocol.Https => "https",
        _ => "grpc",
    };

    private static ImmutableDictionary<string, string> LabelsOf(YamlFields root)
    {
        if (root.Node("labels") is not { } node)
            return ImmutableDictionary<string, string>.Empty;
        if (node is not YamlMappingNode map || map.Children.Count > MaxLabels || !map.Children.All(IsLabel))
            throw root.Fault(node, $"`labels` is such as {{gpu: h100, rack: b7}}: {MaxLabels} at most, "
                + $"each name and value {MaxNameLength} characters at most");
        return map.Children.ToImmutableDictionary(c => YamlFields.TextOf(c.Key)!, c => YamlFields.TextOf(c.Value)!);
    }

    private static bool IsLabel(KeyValuePair<YamlNode, YamlNode> label) =>
        YamlFields.TextOf(label.Key) is { Length: > 0 and <= MaxNameLength }
        && YamlFields.TextOf(label.Value) is { Length: <= MaxNameLength };

    private static bool IsServiceName(string name) => name.Length is > 0 and <= MaxNameLength
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    // Null for what is no duration, or out of bounds.
    private static TimeSpan? Interval(string text) =>
        DurationText.Read(text) is { } interval && interval >= ShortestInterval && interval <= LongestInterval
        ? interval : null;
}
