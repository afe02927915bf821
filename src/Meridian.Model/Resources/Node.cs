using System.Collections.Immutable;
using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

[Kind("A running `meridian serve` whose gateway clients can reach. DNS answers with its addresses where a pool leads " +
    "through tunnels that it holds.", ShortName = "mnode")]
public sealed record Node : Resource
{
    [Field("Name of the Site where it is")]
    public required string Site { get; init; }

    [Field("IP addresses at which clients reach its gateway", MaxItems = 16)]
    public required ImmutableArray<string> Addresses { get; init; }

    [Field("What its gateway speaks there: `http` or `https`")]
    public HttpScheme Scheme { get; init; } = HttpScheme.Https;

    [Field("TCP port of its gateway there", Min = "1", Max = "65535", Default = "443 for https and 80 for http")]
    public int? Port { get; init; }

    [Field("How the other nodes check its certificate when they ask what it can serve")]
    public TlsCheck Tls { get; init; } = new();

    /// <summary>The port that clients use.</summary>
    public int EffectivePort => Port ?? (Scheme == HttpScheme.Https ? 443 : 80);
}
