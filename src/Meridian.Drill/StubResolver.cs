using System.Collections.Immutable;
using System.Net;
using DnsClient;
using DnsClient.Protocol;
using Meridian.Addresses;

namespace Meridian.Drill;

/// <summary>A stub resolver that keeps an answer exactly for its TTL.</summary>
public sealed class StubResolver
{
    private readonly LookupClient _client;
    private readonly TimeProvider _time;
    private readonly Dictionary<string, (ImmutableArray<IPAddress> Addresses, DateTimeOffset Expires)> _cache = [];

    public StubResolver(IPEndPoint? server, TimeSpan timeout, TimeProvider time)
    {
        var options = server is null ? new LookupClientOptions() : new LookupClientOptions(server);
        options.UseCache = false;
        options.Timeout = timeout;
        options.Retries = 0;
        _client = new LookupClient(options);
        _time = time;
    }

    /// <exception cref="DrillException">The name cannot be resolved.</exception>
    public async Task<ImmutableArray<IPAddress>> ResolveAsync(string host, CancellationToken cancellationToken)
    {
        if (IpText.TryParse(host, out var literal))
            return [literal];
        var now = _time.GetUtcNow();
        if (_cache.TryGetValue(host, out var cached) && now < cached.Expires)
            return cached.Addresses;
        try
        {
            var answer = await _client.QueryAsync(host, QueryType.A, cancellationToken: cancellationToken);
            if (answer.HasError)
                throw new DrillException($"dns: {answer.Header.ResponseCode}");
            if (!answer.Answers.OfType<AddressRecord>().Any())
                answer = await _client.QueryAsync(host, QueryType.AAAA, cancellationToken: cancellationToken);
            var addresses = answer.Answers.OfType<AddressRecord>().Select(r => r.Address).ToImmutableArray();
            if (addresses.IsEmpty)
                throw new DrillException("dns: no address");
            _cache[host] = (addresses, now.AddSeconds(answer.Answers.Min(r => r.InitialTimeToLive)));
            return addresses;
        }
        catch (DnsResponseException e)
        {
            throw new DrillException($"dns: {e.Message}");
        }
    }
}
