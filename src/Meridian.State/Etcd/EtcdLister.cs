using System.Collections.Immutable;
using Etcdserverpb;
using Google.Protobuf;
using Grpc.Core;
using Meridian.State.Shared;

namespace Meridian.State.Etcd;

/// <summary>Lists all keys of a cluster, page by page at one revision.</summary>
internal sealed class EtcdLister(EtcdCalls calls, EtcdIdentity identity, EtcdKeys keys)
{
    /// <summary>Keys of a page.</summary>
    public const int PageSize = 500;

    private const string TooLarge = "it is larger than a whole page may be";

    private static readonly TimeSpan PageLimit = TimeSpan.FromSeconds(5);

    /// <summary>Lists from one member.</summary>
    /// <exception cref="EtcdException">It is of another cluster, or its pages go round in circles.</exception>
    /// <inheritdoc cref="EtcdCalls.UnaryAsync"/>
    public async Task<EtcdListing> ListAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        var entries = SharedSnapshot.Empty.Entries.ToBuilder();
        var refused = ImmutableDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        var request = new RangeRequest { Key = keys.Prefix, RangeEnd = keys.End, Limit = PageSize };
        while (true)
        {
            var page = await PageAsync(endpoint, request, cancellationToken);
            if (request.Revision == 0)
                request.Revision = page.Header.Revision;
            foreach (var pair in page.Kvs)
            {
                string? fault = null;
                if (!request.KeysOnly && keys.Read(pair, out fault) is { } entry)
                    entries[entry.Key] = entry;
                else if ((request.KeysOnly || fault is not null) && keys.TryRead(pair.Key, out var key))
                    refused[key] = fault ?? TooLarge;
            }

            if (!page.More || page.Kvs.Count == 0)
                break;
            MoveOn(endpoint, request, page.Kvs[^1].Key);
        }

        return new EtcdListing(new SharedSnapshot(request.Revision, entries.ToImmutable()), refused.ToImmutable());
    }

    // A page of values that are too large together is asked for in parts, down to one; of a value that is too large by
    // itself only the key is asked for.
    private async Task<RangeResponse> PageAsync(
        EtcdEndpoint endpoint, RangeRequest request, CancellationToken cancellationToken)
    {
        while (true)
        {
            var mark = identity.Mark;
            try
            {
                var page = await calls.UnaryAsync(endpoint, (c, o) => c.Keys.RangeAsync(request, o), PageLimit,
                    cancellationToken);
                identity.Check(endpoint.Name, page.Header);
                identity.Advance(endpoint.Name, mark, page.Header);
                return page;
            }
            catch (RpcException e) when (EtcdFailure.IsTooLarge(e) && !request.KeysOnly)
            {
                if (request.Limit > 1)
                    request.Limit = Math.Max(1, request.Limit / 8);
                else
                    request.KeysOnly = true;
            }
        }
    }

    private static void MoveOn(EtcdEndpoint endpoint, RangeRequest request, ByteString last)
    {
        if (last.Span.SequenceCompareTo(request.Key.Span) < 0)
            throw new EtcdException($"etcd at {endpoint.Name} lists keys that were not asked for");
        request.Key = ByteString.CopyFrom([.. last.Span, 0]);
        request.Limit = Math.Min(PageSize, request.Limit * 2);
        request.KeysOnly = false;
    }
}
