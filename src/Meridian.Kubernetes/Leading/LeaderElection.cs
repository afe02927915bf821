using System.Globalization;
using System.Text.Json.Nodes;

namespace Meridian.Kubernetes.Leading;

/// <summary>
/// Elects one of several candidates by a Lease. Clocks of different machines are never compared: a lease has expired
/// when a candidate has seen it unchanged for its duration, by the candidate's own clock. A leader that cannot renew
/// stops before others may start, and one that is stopped gives the lease back. The number of handovers is the epoch,
/// which serves as a fencing token.
/// </summary>
public sealed class LeaderElection : IAsyncDisposable
{
    // Far longer than a request or a renewal may take.
    private static readonly TimeSpan StallLimit = TimeSpan.FromMinutes(2);

    private readonly ClusterClient _client;
    private readonly LeaseOptions _options;
    private readonly Func<long, CancellationToken, Task> _lead;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;
    private string? _seen;
    private string? _fault;
    private long _seenAt;
    private long _lastTurn;
    private volatile bool _leading;

    /// <param name="client">The cluster that holds the lease.</param>
    /// <param name="options">Which lease, and the times.</param>
    /// <param name="lead">Runs while this candidate leads, with the epoch; must end soon after it is cancelled.</param>
    /// <param name="time">The clock.</param>
    /// <param name="log">Receives messages for people.</param>
    public LeaderElection(ClusterClient client, LeaseOptions options,
        Func<long, CancellationToken, Task> lead, TimeProvider time, Action<string> log)
    {
        (_client, _options, _lead, _time, _log) = (client, options, lead, time, log);
        _lastTurn = time.GetTimestamp();
        _loop = Task.Run(() => RunAsync(_stop.Token));
    }

    public bool IsLeader => _leading;

    /// <summary>
    /// Whether no attempt has ended for minutes, also because the work of a term that is over does not end.
    /// </summary>
    public bool IsStalled => _time.GetElapsedTime(Volatile.Read(ref _lastTurn)) > StallLimit;

    /// <summary>Who leads, as far as is known; empty for nobody.</summary>
    public string Leader { get; private set; } = "";

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                Turn();
                if (await TryAcquireAsync(cancellationToken) is { } epoch)
                    await LeadAsync(epoch, cancellationToken);
                await Task.Delay(_options.RetryPeriod * (0.8 + (0.4 * Random.Shared.NextDouble())), _time,
                    cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped; LeadAsync has given the lease back.
        }
    }

    private async Task<long?> TryAcquireAsync(CancellationToken cancellationToken)
    {
        try
        {
            var epoch = await AcquireAsync(cancellationToken);
            if (_fault is not null)
                _log($"lease {_options.Lease} is reached again");
            _fault = null;
            return epoch;
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or TimeoutException or IOException)
        {
            if (e is ApiException { IsConflict: true } or ApiException { Reason: "AlreadyExists" })
                return null;
            if (_fault != e.Message)
                _log($"lease {_options.Lease}: {e.Message}"); // once, and not at every attempt
            _fault = e.Message;
            return null;
        }
    }

    // The epoch, where this candidate leads now.
    private async Task<long?> AcquireAsync(CancellationToken cancellationToken)
    {
        var lease = await _client.FindAsync(ApiResources.Leases, _options.Lease, cancellationToken);
        if (lease is null)
        {
            await _client.CreateAsync(ApiResources.Leases, new JsonObject
            {
                ["apiVersion"] = ApiResources.Leases.ApiVersion,
                ["kind"] = ApiResources.Leases.Kind,
                ["metadata"] = new JsonObject
                {
                    ["name"] = _options.Lease.Name,
                    ["namespace"] = _options.Lease.Namespace,
                },
                ["spec"] = Spec(_time.GetUtcNow(), 0, null),
            }, cancellationToken);
            return 0;
        }

        var spec = lease["spec"] as JsonObject ?? [];
        Leader = (string?)spec["holderIdentity"] ?? "";
        var record = spec.ToJsonString();
        if (record != _seen)
            (_seen, _seenAt) = (record, _time.GetTimestamp());
        var transitions = (long?)spec["leaseTransitions"] ?? 0;
        if (Leader.Length > 0 && Leader != _options.Identity)
        {
            var duration = TimeSpan.FromSeconds((double?)spec["leaseDurationSeconds"]
                ?? _options.Duration.TotalSeconds);
            if (_time.GetElapsedTime(_seenAt) < duration)
                return null;
        }

        var epoch = Leader == _options.Identity ? transitions : transitions + 1;
        lease["spec"] = Spec(_time.GetUtcNow(), epoch,
            Leader == _options.Identity ? (string?)spec["acquireTime"] : null);
        await _client.ReplaceAsync(ApiResources.Leases, _options.Lease, lease, cancellationToken);
        Leader = _options.Identity;
        return epoch;
    }

    private async Task LeadAsync(long epoch, CancellationToken cancellationToken)
    {
        using var term = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _leading = true;
        _log($"leads (lease {_options.Lease}, epoch {epoch})");
        var work = Task.Run(() => _lead(epoch, term.Token), CancellationToken.None);
        try
        {
            await RenewAsync(epoch, work, term.Token);
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
        finally
        {
            _leading = false;
            await term.CancelAsync();
            await EndAsync(work);
        }

        if (cancellationToken.IsCancellationRequested)
            await ReleaseAsync(epoch);
    }

    private async Task RenewAsync(long epoch, Task work, CancellationToken cancellationToken)
    {
        var renewed = _time.GetTimestamp();
        while (!work.IsCompleted)
        {
            Turn();
            await Task.WhenAny(work, Task.Delay(_options.RetryPeriod, _time, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var left = _options.RenewDeadline - _time.GetElapsedTime(renewed);
            using var timer = _time.CreateTimer(_ => limit.Cancel(), null, left > TimeSpan.Zero ? left : TimeSpan.Zero,
                Timeout.InfiniteTimeSpan);
            try
            {
                if (await AcquireAsync(limit.Token) == epoch)
                    renewed = _time.GetTimestamp();
                else
                    return; // another candidate has it
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or TimeoutException or IOException
                or OperationCanceledException)
            {
                cancellationToken.ThrowIfCancellationRequested();
                if (e is ApiException { IsConflict: true })
                    continue;
                if (_time.GetElapsedTime(renewed) < _options.RenewDeadline)
                    continue;
                var deadline = $"{_options.RenewDeadline.TotalSeconds:0} s";
                _log($"no longer leads: lease {_options.Lease} could not be renewed for {deadline}: {e.Message}");
                return;
            }
        }
    }

    private void Turn() => Volatile.Write(ref _lastTurn, _time.GetTimestamp());

    private async Task EndAsync(Task work)
    {
        try
        {
            await work;
        }
        catch (OperationCanceledException)
        {
            // The work ended because it was cancelled.
        }
        catch (Exception e)
        {
            _log($"lease {_options.Lease}: the work of the leader failed: {e.Message}");
        }
    }

    // Gives the lease back, so that no other candidate has to wait until it expires.
    private async Task ReleaseAsync(long epoch)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        try
        {
            var lease = await _client.FindAsync(ApiResources.Leases, _options.Lease, limit.Token);
            if (lease?["spec"] is not JsonObject spec || (string?)spec["holderIdentity"] != _options.Identity)
                return;
            var released = Spec(_time.GetUtcNow(), epoch, null);
            released["holderIdentity"] = "";
            released["leaseDurationSeconds"] = 1;
            lease["spec"] = released;
            await _client.ReplaceAsync(ApiResources.Leases, _options.Lease, lease, limit.Token);
        }
        catch (Exception e) when (e is ApiException or HttpRequestException or TimeoutException or IOException
            or OperationCanceledException)
        {
            _log($"lease {_options.Lease} could not be given back and runs out by itself: {e.Message}");
        }
    }

    private JsonObject Spec(DateTimeOffset now, long transitions, string? acquired) => new()
    {
        ["holderIdentity"] = _options.Identity,
        ["leaseDurationSeconds"] = (int)Math.Ceiling(_options.Duration.TotalSeconds),
        ["acquireTime"] = acquired ?? MicroTime(now),
        ["renewTime"] = MicroTime(now),
        ["leaseTransitions"] = transitions,
    };

    private static string MicroTime(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.ffffffZ", CultureInfo.InvariantCulture);
}
