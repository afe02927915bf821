using System.Diagnostics.CodeAnalysis;
using System.Threading.Channels;
using Meridian.Health.Probes;

namespace Meridian.Health.Tests.Support;

/// <summary>Sends nothing: it hands each probe to the test, which answers it.</summary>
public sealed class ScriptedProber(TimeProvider time) : IProber
{
    private readonly Channel<SentProbe> _sent = Channel.CreateUnbounded<SentProbe>();
    private int _count;

    /// <summary>Probes sent since the start.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The next probe that the engine sends, whether it was sent already or not.</summary>
    public async Task<SentProbe> NextAsync()
    {
        try
        {
            return await _sent.Reader.ReadAsync(TestTime.Token(20));
        }
        catch (OperationCanceledException)
        {
            throw new TimeoutException($"no further probe was sent; {Count} were before");
        }
    }

    /// <summary>A probe that was sent already; false for none.</summary>
    public bool TryNext([NotNullWhen(true)] out SentProbe? probe) => _sent.Reader.TryRead(out probe);

    public Task<ProbeResult> ProbeAsync(ProbeTarget target, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _count);
        var probe = new SentProbe(target, time.GetUtcNow());
        _sent.Writer.TryWrite(probe);
        return probe.Result.WaitAsync(cancellationToken);
    }
}
