using System.CommandLine;
using System.Net;
using Meridian.Running;

namespace Meridian.CommandLine.Options;

/// <summary>The sockets that agents of private sites dial.</summary>
internal sealed class TunnelOptionSet(NodeOptionSet node) : IOptionSet
{
    private readonly Option<IPEndPoint[]> _tunnel = Arguments.EndPoints("--tunnel",
        "Addresses that agents of private sites dial; with it they may dial those of --gateway-tls as well. Off by "
        + "default");

    private readonly Option<string?> _authority = Arguments.Text("--tunnel-authority",
        "Folder with tunnel-ca.crt and tunnel-ca.key, which several nodes share; made in the --state folder by "
        + "default");

    public IEnumerable<Option> Options => [_tunnel, _authority];

    public NodeOptions Apply(NodeOptions options, ParseResult result) => options with
    {
        Tunnel = result.GetValue(_tunnel) is not { Length: > 0 } endPoints ? null : new TunnelOptions
        {
            EndPoints = [.. endPoints],
            AuthorityFolder = result.GetValue(_authority) ?? node.StateFolderOf(result),
        },
    };
}
