using System.Collections.Immutable;
using Meridian.Dns.Tsig;
using Meridian.Dns.Wire;
using Meridian.Model;
using Meridian.Model.Resources;

namespace Meridian.NameServer;

/// <summary>Reads the secrets that the <c>TsigKey</c> resources name.</summary>
internal static class SharedKeys
{
    /// <summary>The keys, and what is wrong with those whose secret file is missing or holds no secret.</summary>
    public static (ImmutableArray<SharedKey> Keys, ImmutableArray<FaultyKey> Faulty) Of(
        ResourceSet resources, Func<string, string?> open)
    {
        var keys = ImmutableArray.CreateBuilder<SharedKey>();
        var faulty = ImmutableArray.CreateBuilder<FaultyKey>();
        foreach (var resource in resources.TsigKeys.Values)
        {
            // The model's own checks report a wrong name, algorithm or secret in the resource itself.
            if (NameOf(resource) is not { } name || !TsigAlgorithm.TryParse(resource.Algorithm, out var algorithm))
                continue;
            var text = resource.Secret ?? (resource.SecretFile is { } file ? open(file)?.Trim() : null);
            if (text is not null && TryReadSecret(text, out var secret))
                keys.Add(new SharedKey(name, algorithm, secret));
            else if (resource.SecretFile is not null)
                faulty.Add(new FaultyKey(name, new Fault(resource.Location, text is null
                    ? $"TsigKey `{resource.Name}`: the secret file {resource.SecretFile} cannot be read"
                    : $"TsigKey `{resource.Name}`: {resource.SecretFile} holds no secret in base64")));
        }

        return (keys.ToImmutable(), faulty.ToImmutable());
    }

    /// <summary>The name that a key has in messages; null for one that is no DNS name.</summary>
    public static DnsName? NameOf(TsigKey key) =>
        DnsName.TryParse(key.EffectiveKeyName, null, out var name, out _) ? name : null;

    private static bool TryReadSecret(string text, out ReadOnlyMemory<byte> secret)
    {
        var octets = new byte[text.Length];
        var read = Convert.TryFromBase64String(text, octets, out var length) && length > 0;
        secret = octets.AsMemory(0, length);
        return read;
    }
}
