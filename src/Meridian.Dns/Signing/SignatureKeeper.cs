using Meridian.Dns.Answering;
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

    private readonly ZoneHolder _zones;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _stop = new();
    private readonly WakeUp _wake = new();
    private readonly Task _loop;

    public SignatureKeeper(ZoneHolder zones, TimeProvider time)
    {
        _zones = zones;
        _time = time;
        _loop = Task.Run(() => RunAsync(_stop.Token));
    }

    /// <summary>Starts a round at once, as the zones have changed.</summary>
    public void Wake() => _wake.Set();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
        _wake.Dispose();
    }

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                foreach (var zone in _zones.Current.Zones.Where(z => z.Signer is { CanSign: true }))
                    Keep(zone, zone.Signer!, cancellationToken);
                await _wake.WaitAsync(Interval, cancellationToken);
            }
        }
        catch (OperationCanceledException)
        {
            // Asked to stop.
        }
    }

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
