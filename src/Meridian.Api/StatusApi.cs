using System.Net;
using System.Net.Sockets;
using Meridian.Addresses;
using Meridian.Model.Values;
using Meridian.Steering.Explaining;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace Meridian.Api;

/// <summary>What is served and why: <c>/api/v1/status</c>, <c>explain</c> and <c>resources</c>.</summary>
public static class StatusApi
{
    public static void MapStatus(this IEndpointRouteBuilder routes, IStatus status)
    {
        var api = routes.MapGroup("/api/v1");
        api.MapGet("/status", status.Report).WithSummary("Endpoints, pools and addresses with verdicts");
        api.MapGet("/explain", (string name, string? client, string? type) => Explain(status, name, client, type))
            .WithSummary("Why a client gets the answer that it gets");
        api.MapGet("/resources", () => status.Resources).WithSummary("The resources that are served");
    }

    private static Results<Ok<Explanation>, ProblemHttpResult> Explain(IStatus status, string name, string? client,
        string? type)
    {
        if (!HostName.TryNormalize(name, out var hostname, out var error, wildcard: true))
            return Problems.BadRequest($"`{name}`: {error}");
        if (FamilyOf(type) is not { } family)
            return Problems.BadRequest($"`{type}` is not A or AAAA");
        if (!TryParseNetwork(client ?? "127.0.0.1", out var network))
            return Problems.BadRequest(
                $"`{client}` is not an IP address or a network such as 198.51.100.0/24");
        return status.Explain(hostname, network.BaseAddress, network.PrefixLength, family) is { } explanation
            ? TypedResults.Ok(explanation)
            : Problems.NotFound(
                $"no endpoint answers for `{hostname}`{Suggestion.For(hostname, status.Hostnames)}");
    }

    // A client is a network of one address. People know an address of the client's network, not its first one.
    private static bool TryParseNetwork(string text, out IPNetwork network)
    {
        if (!IpText.TryParse(text, out var address))
            return NetworkText.TryParseAround(text, out network);
        network = new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return true;
    }

    private static AddressFamily? FamilyOf(string? type) => (type ?? "A").ToUpperInvariant() switch
    {
        "A" => AddressFamily.InterNetwork,
        "AAAA" => AddressFamily.InterNetworkV6,
        _ => null,
    };
}
