using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Meridian.Addresses;
using Meridian.Model.Values;

namespace Meridian.State.Etcd;

/// <summary>
/// Reads where a shared store is: <c>etcd://a:2379,b:2379,c:2379</c>, with TLS <c>etcds://…</c>, and the name of the
/// Meridian cluster behind a slash where it is not <c>default</c>. A port that is left out is 2379, the one that is
/// registered for etcd's clients.
/// </summary>
public static class EtcdAddress
{
    /// <summary>Most endpoints of an address: etcd recommends seven members at most.</summary>
    public const int MaxEndpoints = 15;

    private const int DefaultPort = 2379;
    private const string Plain = "etcd://";
    private const string Secure = "etcds://";

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address.</param>
    /// <param name="options">Endpoints, TLS and cluster; what else there is to set keeps its default.</param>
    /// <param name="error">What is wrong with an address that is refused.</param>
    public static bool TryParse(
        string text, [NotNullWhen(true)] out EtcdOptions? options, [NotNullWhen(false)] out string? error)
    {
        options = null;
        var scheme = text.StartsWith(Secure, StringComparison.Ordinal) ? Secure : Plain;
        if (!text.StartsWith(scheme, StringComparison.Ordinal))
        {
            error = $"`{DisplayText.Bound(text, 100)}` is no address of etcd: "
                + "write etcd://HOST:2379[,HOST:2379][/CLUSTER], or etcds:// for TLS";
            return false;
        }

        var rest = text[scheme.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        var cluster = slash < 0 ? EtcdOptions.DefaultCluster : rest[(slash + 1)..];
        error = FaultOfCluster(cluster);
        if (error is not null || !TryReadEndpoints(slash < 0 ? rest : rest[..slash], out var endpoints, out error))
            return false;
        options = new EtcdOptions { Endpoints = endpoints, IsTls = scheme == Secure, Cluster = cluster };
        return true;
    }

    private static string? FaultOfCluster(string name) =>
        ResourceName.IsValid(name) && name.Length <= 63 ? null
        : $"`{DisplayText.Bound(name, 100)}` is no name of a cluster: lower case letters, digits, `-` and `.`, "
            + "63 characters at most";

    private static bool TryReadEndpoints(
        string text, out ImmutableArray<string> endpoints, [NotNullWhen(false)] out string? error)
    {
        endpoints = [];
        var parts = text.Split(',', MaxEndpoints + 1);
        if (parts.Length > MaxEndpoints)
        {
            error = $"more than {MaxEndpoints} endpoints";
            return false;
        }

        var read = ImmutableArray.CreateBuilder<string>(parts.Length);
        foreach (var part in parts)
        {
            if (!TryReadEndpoint(part, out var endpoint, out error))
                return false;
            if (read.Contains(endpoint))
            {
                error = $"the endpoint {endpoint} is there twice";
                return false;
            }

            read.Add(endpoint);
        }

        endpoints = read.ToImmutable();
        error = null;
        return true;
    }

    private static bool TryReadEndpoint(
        string text, [NotNullWhen(true)] out string? endpoint, [NotNullWhen(false)] out string? error)
    {
        endpoint = null;
        var colon = text.EndsWith(']') ? -1 : text.LastIndexOf(':');
        var host = colon < 0 ? text : text[..colon];
        ushort port = DefaultPort;
        if (colon >= 0 && !(ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture,
            out port) && port > 0))
        {
            error = $"endpoint `{DisplayText.Bound(text, 100)}`: a port is a number of 1 to 65535";
            return false;
        }

        if (EndPointText.TryReadHost(host, out _))
            error = null;
        else if (HostName.TryNormalize(host, out var name, out error))
            host = name;
        else
            error = $"endpoint `{DisplayText.Bound(text, 100)}`: {error}";
        endpoint = error is null ? $"{host}:{port.ToString(CultureInfo.InvariantCulture)}" : null;
        return endpoint is not null;
    }
}
