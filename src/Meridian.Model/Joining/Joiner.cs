using System.Collections.Immutable;
using Meridian.Model.Naming;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Joining;

/// <summary>
/// Makes pools of contributions and puts them into the endpoint of their host name, or makes that endpoint. What cannot
/// join is refused alone, with a reason; a sound configuration stays sound.
/// </summary>
public static class Joiner
{
    /// <param name="resources">A sound configuration.</param>
    /// <param name="contributions">What is offered from outside of it.</param>
    public static Joined Join(ResourceSet resources, IReadOnlyCollection<Contribution> contributions)
    {
        if (contributions.Count == 0)
            return new Joined(resources, ImmutableDictionary<string, string>.Empty);
        var refused = ImmutableDictionary.CreateBuilder<string, string>();
        var endpoints = resources.Endpoints.ToDictionary(e => e.Name);
        var added = new Dictionary<(Type, string), Resource>();
        foreach (var group in contributions.OrderBy(c => c.Source, StringComparer.Ordinal)
            .GroupBy(c => CanonicalName(c.Hostname)))
        {
            Contribution[] sound = [.. group.Where(c => !IsRefused(c, FaultOf(c, group.Key, resources)))];
            if (sound.Length == 0)
                continue;
            var owner = resources.HostnameOwner(group.Key!);
            var endpoint = owner is null ? MadeEndpoint.Of(group.Key!, sound) : endpoints[owner];
            var needsSites = endpoint.Traits.NeedsSites && endpoint.Pools.Length + sound.Length > 1;
            foreach (var one in sound)
            {
                if (IsRefused(one, FaultIn(endpoint, one, needsSites)))
                    continue;
                foreach (var resource in MadePool.Of(one, group.Key!, endpoint, resources))
                    added[(resource.GetType(), resource.Name)] = resource;
                endpoint = With(endpoint, one);
            }

            if (!endpoint.Pools.IsEmpty)
                endpoints[endpoint.Name] = endpoint;
        }

        var others = resources.All.Where(r => r is not GlobalEndpoint);
        return new Joined(new ResourceSet([.. others, .. added.Values, .. endpoints.Values]), refused.ToImmutable());

        bool IsRefused(Contribution one, string? fault)
        {
            if (fault is not null)
                refused[one.Source] = fault;
            return fault is not null;
        }
    }

    private static string? CanonicalName(string hostname) =>
        HostName.TryNormalize(hostname, out var name, out _, wildcard: true) ? name : null;

    // Why a contribution cannot join anything; null if it can. A name that has an endpoint is one that can be steered.
    private static string? FaultOf(Contribution one, string? hostname, ResourceSet resources) =>
        hostname is null ? $"`{one.Hostname}` is no host name"
        : resources.HostnameOwner(hostname) is null
            && EndpointNames.FaultsOf(hostname, resources).FirstOrDefault() is { } misplaced ? misplaced
        : ContributionRules.FaultOf(one, resources);

    // Why a contribution cannot join the endpoint; null if it can.
    private static string? FaultIn(GlobalEndpoint endpoint, Contribution one, bool needsSites) =>
        needsSites && one.Site is null
            ? $"policy {endpoint.Policy} of `{endpoint.Hostname}` needs to know where it is; give it a site"
        : endpoint.Pools.Length >= GlobalEndpoint.MaxPools
            ? $"`{endpoint.Hostname}` has {GlobalEndpoint.MaxPools} pools already, and that is the most"
        : null;

    private static GlobalEndpoint With(GlobalEndpoint endpoint, Contribution one) => endpoint with
    {
        Pools = endpoint.Pools.Add(new EndpointPool { Pool = one.Pool, Weight = one.Weight, Priority = one.Priority }),
    };
}
