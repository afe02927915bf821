using System.Collections.Immutable;
using System.Net;
using Meridian.Addresses;
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
    public IPAddress ClientOf(HttpContext context)
    {
        var peer = PeerOf(context);
        if (!IsTrusted(peer))
            return peer;
        var chain = context.Request.Headers["X-Forwarded-For"].ToString()
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (var i = chain.Length - 1; i >= 0; i--)
        {
            if (!IpText.TryParse(chain[i], out var named))
                return peer;
            peer = named;
            if (!IsTrusted(named))
                return named;
        }

        return peer;
    }

    /// <summary>What addresses are told of the client of a request.</summary>
    public ForwardedFields FieldsOf(HttpContext context)
    {
        var peer = PeerOf(context);
        return ForwardedFields.Of(context.Request, peer, IsTrusted(peer));
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
