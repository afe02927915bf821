using System.Collections.Immutable;
using Meridian.Kubernetes.Identity;
using Meridian.Model;
using Meridian.Model.Resources;

namespace Meridian.Running;

/// <summary>
/// Reads the key files of issuers as a node would. Clusters often share the text of their issuer, and their keys alone
/// tell them apart; where the keys are the same as well, nobody could say whose a token is.
/// </summary>
internal static class IssuerKeyCheck
{
    public static ImmutableArray<Fault> Of(ResourceSet resources)
    {
        Holder[] holders =
        [
            .. from policy in resources.AccessPolicies.Values.OrderBy(p => p.Name, StringComparer.Ordinal)
               where policy.JwksFile is not null
               select new Holder(policy, new Trust(policy.Issuer, policy.Audience), policy.JwksFile!, policy.Subjects),
            .. from agent in resources.TunnelAgents.Values.OrderBy(a => a.Name, StringComparer.Ordinal)
               let account = agent.Identity.ServiceAccount
               where account is { Issuer: not null, JwksFile: not null }
               select new Holder(agent, new Trust(account.Issuer!, account.Audience), account.JwksFile!,
                [new AccessSubject { Namespace = account.Namespace, ServiceAccount = account.Name }]),
        ];
        var keys = new Dictionary<string, IReadOnlyDictionary<string, string>>();
        var faults = ImmutableArray.CreateBuilder<Fault>();
        foreach (var file in holders.GroupBy(h => h.File))
        {
            try
            {
                keys[file.Key] = KeySet.ThumbprintsIn(file.Key);
            }
            catch (InvalidDataException e)
            {
                faults.AddRange(file.Select(h => new Fault(h.Owner.Location,
                    $"{h} refuses every token until its keys can be read: {e.Message}")
                { IsWarning = true }));
            }
        }

        for (var i = 0; i < holders.Length; i++)
        {
            foreach (var before in holders[..i])
            {
                if (FaultOf(holders[i], before, keys) is { } fault)
                    faults.Add(new Fault(holders[i].Owner.Location, fault));
            }
        }

        return faults.ToImmutable();
    }

    // One file for both is found without reading it, by the rules of the model.
    private static string? FaultOf(Holder one, Holder other,
        Dictionary<string, IReadOnlyDictionary<string, string>> keys)
    {
        if (one.Owner.GetType() != other.Owner.GetType() || one.Trust != other.Trust || one.File == other.File
            || !keys.TryGetValue(one.File, out var own) || !keys.TryGetValue(other.File, out var others)
            || own.Keys.FirstOrDefault(others.ContainsKey) is not { } shared
            || one.Subjects.FirstOrDefault(s => other.Subjects.Any(s.Overlaps)) is not { } subject)
            return null;
        var key = own[shared] is { Length: > 0 } name ? $"the key `{name}`" : "a key";
        return $"{one} and {other} cannot be told apart: both believe {key} (it is in {one.File} and in {other.File}) "
            + $"of the issuer {one.Trust.Issuer}, and both name the service account "
            + $"{subject.Namespace}/{subject.ServiceAccount}; give each the keys of its own cluster alone";
    }

    /// <summary>Which tokens are believed, but for the key.</summary>
    private readonly record struct Trust(string Issuer, string Audience);

    /// <summary>A resource that believes tokens by the keys in a file.</summary>
    private sealed record Holder(Resource Owner, Trust Trust, string File, ImmutableArray<AccessSubject> Subjects)
    {
        public override string ToString() => $"{Owner.GetType().Name} `{Owner.Name}`";
    }
}
