using Etcdserverpb;
using Grpc.Core;
using Meridian.Addresses;

namespace Meridian.State.Etcd;

/// <summary>Asks all members how they are: on demand, and every half minute for what a person must see to.</summary>
internal sealed class EtcdSurvey(
    EtcdOptions options, EtcdChannels channels, EtcdCalls calls, EtcdFaults faults, TimeProvider time)
{
    private const string NoSpace = "NOSPACE";
    private const string Corrupt = "CORRUPT";
    private const int MaxAlarms = 8;

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    /// <summary>Asks until cancelled; never throws.</summary>
    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var status = await AskAsync(cancellationToken);
            if (!cancellationToken.IsCancellationRequested)
                Report(status);
            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Asks all members at once, a second at most.</summary>
    public async Task<EtcdStoreStatus> AskAsync(CancellationToken cancellationToken) =>
        new([.. await Task.WhenAll(channels.All.Select(e => AskAsync(e, cancellationToken)))]);

    /// <summary>Sets the faults of what the members say; those who do not answer say nothing.</summary>
    internal void Report(EtcdStoreStatus status)
    {
        var reached = status.Members.Where(m => m.IsReached).ToArray();
        if (reached.Length == 0)
            return;
        var isFull = reached.Any(m => m.Alarms.Contains(NoSpace));
        faults.Set(EtcdTransactions.SpaceFault, isFull ? EtcdTransactions.Full : null);
        var corrupt = reached.FirstOrDefault(m => m.Alarms.Contains(Corrupt));
        faults.Set("corrupt", corrupt is null ? null
            : $"etcd at {corrupt.Endpoint} raises CORRUPT: its data differ from the other members'; "
                + "replace that member");
        var large = isFull ? null : reached.FirstOrDefault(m => m.SizeBytes > m.QuotaBytes / 2);
        faults.Set("size", large is null ? null
            : $"the database of etcd at {large.Endpoint} holds {Mebibytes(large.SizeBytes)} MiB, more than half of its "
                + $"quota of {Mebibytes(large.QuotaBytes)} MiB: compact and defragment it");
    }

    private async Task<EtcdMemberStatus> AskAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        try
        {
            var answer = await calls.UnaryAsync(endpoint,
                (c, o) => c.Maintenance.StatusAsync(new StatusRequest(), Own(o)), EtcdCalls.Limit, cancellationToken);
            return Read(endpoint, answer, time.GetElapsedTime(started));
        }
        catch (Exception e)
        {
            return new EtcdMemberStatus(endpoint.Name, EtcdFailure.Text(endpoint, e));
        }
    }

    // Its own state a member tells also while it has no leader.
    private static CallOptions Own(CallOptions options)
    {
        var metadata = new Metadata();
        foreach (var entry in options.Headers!.Where(h => h.Key != EtcdCalls.HasLeader))
            metadata.Add(entry);
        return options.WithHeaders(metadata);
    }

    // The list of alarms itself would be a write to the raft log of all members; since 3.4 a member tells them among
    // its errors, as `memberID:1 alarm:NOSPACE `.
    private EtcdMemberStatus Read(EtcdEndpoint endpoint, StatusResponse answer, TimeSpan latency)
    {
        var errors = answer.Errors.Take(MaxAlarms).Select(e => DisplayText.Bound(e.Trim(), 100)).ToArray();
        return new EtcdMemberStatus(endpoint.Name, errors.Length == 0 ? null : string.Join("; ", errors))
        {
            IsReached = true,
            Cluster = $"{answer.Header.ClusterId:x}",
            Member = $"{answer.Header.MemberId:x}",
            Version = DisplayText.Bound(answer.Version, 30),
            IsLeader = answer.Leader != 0 && answer.Leader == answer.Header.MemberId,
            HasLeader = answer.Leader != 0,
            Revision = answer.Header.Revision,
            Term = answer.RaftTerm,
            SizeBytes = answer.DbSize,
            QuotaBytes = answer.DbSizeQuota > 0 ? answer.DbSizeQuota : options.QuotaBytes,
            Latency = latency,
            Alarms = [.. ((string[])[NoSpace, Corrupt]).Where(a =>
                answer.Errors.Any(e => e.Contains($"alarm:{a}", StringComparison.Ordinal)))],
        };
    }

    private static long Mebibytes(long octets) => octets >> 20;
}
