using Meridian.Addresses;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Joining;

/// <summary>What a contribution must be like, whatever the endpoint that it joins.</summary>
internal static class ContributionRules
{
    private const int MaxWeight = 1_000_000;

    private static string? PolicyFaultOf(EndpointPolicy policy) =>
        EndpointPolicyTraits.Of(policy) switch
        {
            { NeedsSourceMap: true } => $"policy {policy} needs a GlobalEndpoint that names the map",
            { WeighsByLoad: true } => $"policy {policy} needs a GlobalEndpoint whose pools have a load signal",
            _ => null,
        };

    /// <summary>The first fault, for people; null for none.</summary>
    public static string? FaultOf(Contribution one, ResourceSet resources) =>
        one.Fault is not null ? one.Fault
        : one.Addresses.IsEmpty ? "it has no addresses yet"
        : one.Site is { } site && !resources.Sites.ContainsKey(site) ? $"there is no Site named `{site}`"
        : one.HealthCheck is { } check && !resources.HealthChecks.ContainsKey(check)
            ? $"there is no HealthCheck named `{check}`"
        : one.Policy is { } policy && PolicyFaultOf(policy) is { } fault ? fault
        : one.HealthPath is { } path && !HttpPath.IsValid(path)
            ? $"the health path `{path}` must begin with a slash and hold only printable ASCII without spaces"
        : one.Port is <= 0 or > ushort.MaxValue ? $"port {one.Port} is not between 1 and {ushort.MaxValue}"
        : one.Weight is < 0 or > MaxWeight ? $"weight {one.Weight} is not between 0 and {MaxWeight}"
        : one.Addresses.FirstOrDefault(a => !IsAddress(a.Value)) is { } wrong
            ? $"`{wrong.Value}` is neither an IP address nor a host name"
        : resources.Pools.ContainsKey(one.Pool) ? $"there is already an AddressPool named `{one.Pool}`"
        : null;

    private static bool IsAddress(string text) =>
        IpText.IsMeant(text)
            ? AddressText.TryParse(text, out _, out _)
            : HostName.TryNormalize(text, out _, out _);
}
