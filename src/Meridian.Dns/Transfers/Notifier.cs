using Meridian.Dns.Serving;
using Meridian.Dns.Tsig;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Transfers;

/// <summary>
/// Notifies secondaries of new versions (RFC 1996), each until it answers or five attempts have failed.
/// </summary>
public sealed class Notifier(TimeProvider time, Action<string> failed) : IAsyncDisposable
{
    private const int MaxAttempts = 5;
    private const ushort Flags = ((int)OpCode.Notify << 11) | 0x0400;
    private static readonly TimeSpan FirstTimeout = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<(DnsName Zone, Peer Peer), CancellationTokenSource> _current = [];
    private readonly Lock _lock = new();
    private readonly List<Task> _sending = [];

    /// <summary>
    /// Begins to notify every secondary in the zone's policy; a newer version replaces an older one.
    /// </summary>
    public void Send(AuthoritativeZone zone, IReadOnlyDictionary<DnsName, SharedKey> keys)
    {
        lock (_lock)
        {
            _sending.RemoveAll(t => t.IsCompleted);
            foreach (var peer in zone.Policy.Notify)
            {
                var id = (zone.Origin, peer);
                if (_current.Remove(id, out var older))
                    older.Cancel();
                var current = _current[id] = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
                _sending.Add(SendAsync(zone, peer, peer.Key is null ? null : keys.GetValueOrDefault(peer.Key),
                    current.Token));
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await Task.WhenAll(_sending);
        foreach (var current in _current.Values)
            current.Dispose();
        _stop.Dispose();
    }

    private async Task SendAsync(AuthoritativeZone zone, Peer peer, SharedKey? key, CancellationToken cancellationToken)
    {
        try
        {
            await Task.Yield();
            var timeout = FirstTimeout;
            for (var i = 0; i < MaxAttempts; i++, timeout *= 2)
            {
                if (await new TransferClient(peer, key, time)
                    .AskAsync(Message(zone), timeout, cancellationToken) is { } answer)
                {
                    var code = answer[3] & 0xF;
                    if (code != 0)
                        failed($"zone {zone.Origin}: {peer.EndPoint} answers NOTIFY with {(ResponseCode)code}");
                    return;
                }

                await Task.Delay(timeout / 2, time, cancellationToken);
            }

            failed($"zone {zone.Origin}: {peer.EndPoint} does not answer NOTIFY; "
                + $"it will find version {zone.Serial} at its next refresh");
        }
        catch (OperationCanceledException)
        {
            // A newer version replaces this one, or the server stops.
        }
    }

    private static byte[] Message(AuthoritativeZone zone)
    {
        var buffer = new byte[1024];
        var writer = new MessageWriter(buffer, (ushort)Random.Shared.Next(ushort.MaxValue + 1), Flags);
        writer.Question(zone.Origin, RecordType.SOA);
        writer.TryAnswer(zone.Origin, RecordType.SOA, zone.Soa.Ttl, zone.Soa.Data[0]);
        return buffer[..writer.Length];
    }
}
