using Meridian.Dns.Answering;
using Meridian.Dns.Serving;
using Meridian.Dns.Sockets;
using Meridian.Dns.Transfers;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Signing;

/// <summary>
/// Signs the record sets of zones ahead of queries, and renews signatures before they expire; in the background, off
/// the query path. Until a record set is signed, the first query for it is deferred.
/// </summary>
public sealed class SignatureKeeper : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(10);

    // Signatures are renewed days before they expire, and a million names take minutes.
    private static readonly TimeSpan StallLimit = TimeSpan.FromHours(1);

    private readonly ZoneHolder _zones;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly WakeUp _wake = new();
    private readonly GuardedLoop _turns;
    private readonly Task _loop;

    /// <param name="zones">The zones that are served.</param>
    /// <param name="failed">Called when a round fails; it is tried again.</param>
    /// <param name="time">The clock.</param>
    public SignatureKeeper(ZoneHolder zones, Action<Exception> failed, TimeProvider time)
    {
        _turns = new GuardedLoop(StallLimit, failed, time);
        _zones = zones;
        _time = time;
        _loop = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>Whether a round has not ended for so long that signatures may expire.</summary>
    public bool IsStalled => _turns.IsStalled;

    /// <summary>Starts a round at once, as the zones have changed.</summary>
    public void Wake() => _wake.Set();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
        _wake.Dispose();
    }

    private Task RunAsync(CancellationToken cancellationToken) => _turns.RunAsync(token =>
    {
        foreach (var zone in _zones.Current.Zones.Where(z => z.Signer is { CanSign: true }))
            Keep(zone, zone.Signer!, token);
        return Task.CompletedTask;
    }, token => _wake.WaitAsync(Interval, token), cancellationToken);

    private void Keep(AuthoritativeZone zone, ZoneSigner signer, CancellationToken cancellationToken)
    {
        var now = _time.GetUtcNow();
        signer.Renew(now);
        var buffer = new byte[Responder.MaxResponse];
        Signed(signer, zone.SoaForm, now);
        foreach (var node in zone.Nodes.Where(n => n.IsAuthoritative && !n.Name.IsWildcard))
        {
            cancellationToken.ThrowIfCancellationRequested();
            for (var i = 0; i < node.Sets.Length; i++)
            {
                if (node.Sets[i].Type == RecordType.SOA)
                    continue;
                var signatures = Signed(signer, node.FormOf(i), now);
                node.SetReadySigned(i, signer, ReadyAnswerBuilder.Signed(zone, node, node.Sets[i], signatures, buffer));
            }
        }
    }

    private static Signatures Signed(ZoneSigner signer, byte[] form, DateTimeOffset now)
    {
        var found = signer.Find(form, now, transient: false);
        return found is not null
            && found.RenewAt > now.ToUnixTimeSeconds() ? found : signer.Sign(form, now, transient: false);
    }
}
