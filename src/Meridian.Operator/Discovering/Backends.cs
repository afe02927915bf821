using System.Collections.Immutable;
using Meridian.Model.Resources;

namespace Meridian.Operator.Discovering;

/// <summary>
/// Which Services stand behind one host of an object, and how many of their endpoints are ready. A rule with the host
/// counts before one with a wildcard, that before one without a host, and the default last, as for requests.
/// </summary>
internal static class Backends
{
    /// <summary>The scope of all Services behind an object.</summary>
    public const string All = "";

    /// <summary>The scope of rules without a host.</summary>
    public const string Open = "*";

    /// <summary>The scope of the default.</summary>
    public const string Default = "default";

    /// <summary>The scopes in which something can be ready.</summary>
    public static IEnumerable<string> ScopesOf(ImmutableArray<Backend> all) =>
        all.Select(b => b.Scope).Distinct().Append(All);

    /// <summary>
    /// The scope of a host. A host that no rule names may be rewritten in front of the object: then all of it counts.
    /// </summary>
    public static string ScopeOf(ImmutableArray<Backend> all, string? host)
    {
        if (host is null)
            return All;
        var scopes = all.Select(b => b.Scope).Distinct().ToArray();
        return scopes.FirstOrDefault(s => s.Equals(host, StringComparison.OrdinalIgnoreCase))
            ?? scopes.Where(s => IsWildcardOf(s, host)).MaxBy(s => s.Length)
            ?? scopes.FirstOrDefault(s => s == Open) ?? scopes.FirstOrDefault(s => s == Default) ?? All;
    }

    /// <summary>
    /// The number of ready endpoints in a scope; 0 under <see cref="ServiceHealthPolicy.All"/> where a Service has
    /// none. Null where nothing in the cluster says: a Service may lead out of it.
    /// </summary>
    public static int? ReadyIn(ImmutableArray<Backend> all, string scope, ServiceHealthPolicy policy)
    {
        var known = all.Where(b => scope == All || b.Scope == scope).DistinctBy(b => b.Service)
            .Where(b => b.Ready is not null).Select(b => b.Ready!.Value).ToArray();
        return known.Length == 0 ? null : policy == ServiceHealthPolicy.All && known.Contains(0) ? 0 : known.Sum();
    }

    private static bool IsWildcardOf(string scope, string host) =>
        scope.StartsWith("*.", StringComparison.Ordinal)
        && host.EndsWith(scope[1..], StringComparison.OrdinalIgnoreCase);
}
