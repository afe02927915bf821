using System.Collections.Immutable;
using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Meridian.Addresses;
using Meridian.Model.Resources;

namespace Meridian.NameServer.Delegation;

/// <summary>
/// Checks a delegation as a resolver sees it: asks the parent's servers which servers they refer to, and the servers
/// that they should refer to whether they answer for the zone.
/// </summary>
public sealed class DelegationCheck(IReadOnlyCollection<IPEndPoint> resolvers, IReadOnlyCollection<IPEndPoint> parents,
    int port)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(3);

    /// <summary>Returns everything that was checked, right or wrong.</summary>
    public async Task<ImmutableArray<DelegationFinding>> CheckAsync(Zone zone, CancellationToken cancellationToken)
    {
        var origin = zone.Origin.TrimEnd('.').ToLowerInvariant();
        var wanted = DelegationRecord.Of(zone);
        var findings = ImmutableArray.CreateBuilder<DelegationFinding>();
        IReadOnlyCollection<IPEndPoint> servers = parents;
        if (servers.Count == 0)
        {
            var (found, fault) = await FindParentsAsync(origin, cancellationToken);
            if (fault is not null)
                return [fault];
            servers = found;
        }

        foreach (var parent in servers)
            findings.AddRange(await AskParentAsync(parent, origin, wanted, cancellationToken));
        foreach (var server in zone.NameServers)
        {
            foreach (var address in await AddressesOfAsync(server, cancellationToken))
                findings.Add(await AskServerAsync(server.Name, new IPEndPoint(address, port), origin,
                    cancellationToken));
        }

        return findings.ToImmutable();
    }

    private async Task<(IReadOnlyCollection<IPEndPoint>, DelegationFinding?)> FindParentsAsync(string origin,
        CancellationToken cancellationToken)
    {
        var client = Client(resolvers, recursion: true);
        for (var dot = origin.IndexOf('.', StringComparison.Ordinal); dot >= 0; dot = origin.IndexOf('.', dot + 1))
        {
            var parent = origin[(dot + 1)..];
            try
            {
                var referral = await client.QueryAsync(parent, QueryType.NS, cancellationToken: cancellationToken);
                var names = referral.Answers.NsRecords().Select(n => n.NSDName.Value).ToArray();
                if (names.Length == 0)
                    continue;
                var addresses = new List<IPEndPoint>();
                foreach (var name in names.Take(4))
                {
                    var answer = await client.QueryAsync(name, QueryType.A, cancellationToken: cancellationToken);
                    addresses.AddRange(answer.Answers.ARecords().Select(a => new IPEndPoint(a.Address, 53)));
                }

                if (addresses.Count > 0)
                    return (addresses, null);
                return ([], new DelegationFinding(false, $"parent {parent}",
                    $"its name servers {string.Join(", ", names)} have no address"));
            }
            catch (DnsResponseException e)
            {
                return ([], new DelegationFinding(false, $"parent {parent}",
                    $"its name servers cannot be found: {TextOf(e)}"));
            }
        }

        return ([], new DelegationFinding(false, "parent", $"no zone above {origin} has name servers"));
    }

    private static async Task<IEnumerable<DelegationFinding>> AskParentAsync(
        IPEndPoint parent, string origin, ImmutableArray<DelegationRecord> wanted, CancellationToken cancellationToken)
    {
        var findings = new List<DelegationFinding>();
        IDnsQueryResponse answer;
        try
        {
            answer = await Client([parent], recursion: false)
                .QueryAsync(origin, QueryType.NS, cancellationToken: cancellationToken);
        }
        catch (DnsResponseException e)
        {
            return [new DelegationFinding(false, $"parent's server {parent}", $"does not answer: {TextOf(e)}")];
        }

        // A server of the parent refers in the authority section; one that serves both zones answers by itself.
        var names = answer.Answers.NsRecords().Concat(answer.Authorities.NsRecords())
            .Where(n => Same(n.DomainName, origin));
        findings.Add(Compare($"{origin} NS at {parent}",
            names.Select(n => n.NSDName.Value.TrimEnd('.').ToLowerInvariant()), wanted[0].Values));
        foreach (var glue in wanted.Skip(1))
        {
            var addresses = answer.Additionals.OfType<AddressRecord>()
                .Where(a => Same(a.DomainName, glue.Name) && a.RecordType.ToString() == glue.Type)
                .Select(a => a.Address.ToString());
            findings.Add(Compare($"{glue.Name} {glue.Type} (glue) at {parent}", addresses, glue.Values));
        }

        return findings;
    }

    private static async Task<DelegationFinding> AskServerAsync(string name, IPEndPoint server, string origin,
        CancellationToken cancellationToken)
    {
        var subject = $"{name.TrimEnd('.')} at {server}";
        try
        {
            var answer = await Client([server], recursion: false)
                .QueryAsync(origin, QueryType.SOA, cancellationToken: cancellationToken);
            return answer.Answers.SoaRecords().FirstOrDefault() is { } soa && answer.Header.HasAuthorityAnswer
                ? new DelegationFinding(true, subject, $"answers for {origin} with serial {soa.Serial}")
                : new DelegationFinding(false, subject,
                    $"is not authoritative for {origin} ({answer.Header.ResponseCode})");
        }
        catch (DnsResponseException e)
        {
            return new DelegationFinding(false, subject, $"does not answer: {TextOf(e)}");
        }
    }

    private async Task<IEnumerable<IPAddress>> AddressesOfAsync(ZoneNameServer server,
        CancellationToken cancellationToken)
    {
        if (!server.Addresses.IsEmpty)
            return server.Addresses.Select(IpText.Parse);
        try
        {
            var answer = await Client(resolvers, recursion: true)
                .QueryAsync(server.Name, QueryType.A, cancellationToken: cancellationToken);
            return answer.Answers.ARecords().Select(a => a.Address);
        }
        catch (DnsResponseException)
        {
            return [];
        }
    }

    private static DelegationFinding Compare(string subject, IEnumerable<string> found, ImmutableArray<string> wanted)
    {
        var values = found.Distinct().Order(StringComparer.Ordinal).ToArray();
        return values.SequenceEqual(wanted)
            ? new DelegationFinding(true, subject, string.Join(", ", values))
            : new DelegationFinding(false, subject,
                $"{(values.Length == 0 ? "nothing" : string.Join(", ", values))}, wanted {string.Join(", ", wanted)}");
    }

    private static string TextOf(DnsResponseException e) => e.Code == DnsResponseCode.ConnectionTimeout
        ? $"nothing came within {Limit.TotalSeconds:0} s, or nobody listens" : e.DnsError;

    private static bool Same(DnsString name, string other) =>
        name.Value.TrimEnd('.').Equals(other, StringComparison.OrdinalIgnoreCase);

    private static LookupClient Client(IReadOnlyCollection<IPEndPoint> servers, bool recursion) => new(
        servers.Count == 0 ? new LookupClientOptions()
        : new LookupClientOptions([.. servers.Select(s => new DnsClient.NameServer(s))])
        {
            UseCache = false,
            Recursion = recursion,
            Timeout = Limit,
            Retries = 1,
        });
}
