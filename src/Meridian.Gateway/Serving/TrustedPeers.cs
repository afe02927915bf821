using System.Collections.Immutable;
using System.Net;
using Meridian.Gateway.Http1;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Serving;

/// <summary>Who is connected, and which of them are believed when they say who the client is.</summary>
/// <param name="trusted">Networks of the peers that are believed.</param>
internal sealed class TrustedPeers(ImmutableArray<IPNetwork> trusted)
{
    /// <summary>
    /// Where the client is: the peer, or the last address that a trusted peer names and that is not trusted itself.
    /// </summary>
    public IPAddress ClientOf(HttpContext context) => ClientOf(context, PeerOf(context));

    /// <summary>What addresses are told of the client of a request.</summary>
    public ForwardedFields FieldsOf(HttpContext context)
    {
        var peer = PeerOf(context);
        return ForwardedFields.Of(context.Request, peer, IsTrusted(peer) ? ClientOf(context, peer) : null);
    }

    private IPAddress ClientOf(HttpContext context, IPAddress peer)
    {
        if (!IsTrusted(peer))
            return peer;
        var headers = context.Request.Headers;
        var nodes = headers["X-Forwarded-For"].ToString() is { Length: > 0 } list
            ? ForwardedNodes.Of(list, pairs: false) : ForwardedNodes.Of(headers["Forwarded"].ToString(), pairs: true);
        for (var i = nodes.Count - 1; i >= 0; i--)
        {
            if (ForwardedNodes.AddressOf(nodes[i]) is not { } named)
                return peer;
            peer = named;
            if (!IsTrusted(named))
                return named;
        }

        return peer;
    }

    private static IPAddress PeerOf(HttpContext context)
    {
        var peer = context.Connection.RemoteIpAddress ?? IPAddress.None;
        return peer.IsIPv4MappedToIPv6 ? peer.MapToIPv4() : peer;
    }

    private bool IsTrusted(IPAddress peer)
    {
        foreach (var network in trusted)
        {
            if (network.Contains(peer))
                return true;
        }

        return false;
    }
}
