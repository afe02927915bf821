using System.CommandLine;
using System.Net;
using Meridian.Running;

namespace Meridian.CommandLine.Options;

/// <summary>The node itself: its name, its state, and what it knows of the world.</summary>
internal sealed class NodeOptionSet : IOptionSet
{
    public const string Handover = "--handover";

    private const int MaxHandover = 3600;

    private readonly Option<string> _state = new("--state")
    {
        Description = "Folder for what outlives a restart",
        DefaultValueFactory = _ => StateFolder.Default,
    };

    private readonly Option<string[]> _geo = Arguments.Texts("--geo",
        "Geography files: MMDB, tor-geoipdb's geoip and geoip6, or a network,country,latitude,longitude,asn,city "
        + "table; later ones win");

    private readonly Option<IPEndPoint[]> _resolver = Arguments.EndPoints("--resolver",
        "Name servers that resolve pools with flatten; the system's by default");

    private readonly Option<string> _node = new("--node")
    {
        Description = "Name of this node",
        DefaultValueFactory = _ => Environment.MachineName.ToLowerInvariant(),
    };

    private readonly Option<string> _region = new("--region")
    {
        Description = "Region that this node judges from, beside the other nodes of --store",
        DefaultValueFactory = _ => "default",
    };

    private readonly Option<IPEndPoint[]> _references = Arguments.EndPoints("--reference",
        "Addresses and TCP ports that this node can reach as long as its own way out is sound, three or more in "
        + "different places; where it reaches none, it leaves verdicts to the other nodes of --store");

    private readonly Option<int> _handover = new(Handover)
    {
        Description = "Seconds for which a node that is asked to stop goes on serving while clients and agents move to "
            + "the other Nodes, where there are any",
        DefaultValueFactory = _ => 5,
    };

    public IEnumerable<Option> Options => [_state, _geo, _resolver, _node, _region, _references, _handover];

    public NodeOptions Apply(NodeOptions options, ParseResult result) => options with
    {
        StateFolder = StateFolderOf(result),
        GeoFiles = [.. result.GetValue(_geo) ?? []],
        Resolvers = [.. result.GetValue(_resolver) ?? []],
        Name = result.GetRequiredValue(_node),
        Region = result.GetRequiredValue(_region),
        References = [.. result.GetValue(_references) ?? []],
        Handover = TimeSpan.FromSeconds(Math.Clamp(result.GetValue(_handover), 0, MaxHandover)),
    };

    public string StateFolderOf(ParseResult result) => result.GetRequiredValue(_state);
}
