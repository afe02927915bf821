using Meridian.Health.Probes;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Health.Tests.Probes;

public sealed class FeedReaderTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly ManualResetEventSlim _mount = new();
    private readonly SemaphoreSlim _begun = new(0);
    private readonly FeedReader _reader;
    private int _readings;

    public FeedReaderTests() => _reader = new FeedReader(file =>
    {
        Interlocked.Increment(ref _readings);
        _begun.Release();
        if (file == "/hung/feed")
            _mount.Wait();
        return $"text of {file}";
    }, _time);

    [Fact]
    public async Task A_file_whose_mount_hangs_is_read_once_however_many_ask()
    {
        var asking = Enumerable.Range(0, 100).Select(_ => _reader.ReadAsync("/hung/feed", default)).ToArray();
        await _begun.WaitAsync(TestTime.Token(30));

        Assert.Equal("text of /other", await _reader.ReadAsync("/other", default).WithinAsync(30));
        Assert.DoesNotContain(asking, a => a.IsCompleted);
        _mount.Set();

        Assert.All(await Task.WhenAll(asking).WithinAsync(30), text => Assert.Equal("text of /hung/feed", text));
        Assert.Equal(2, _readings);
    }

    [Fact]
    public async Task Who_waits_gives_up_by_its_own_limit_and_the_next_waits_for_the_same_reading()
    {
        using var limit = new CancellationTokenSource();
        var first = _reader.ReadAsync("/hung/feed", limit.Token);
        await _begun.WaitAsync(TestTime.Token(30));
        await limit.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.WithinAsync(30));

        var next = _reader.ReadAsync("/hung/feed", default);
        _mount.Set();

        await next.WithinAsync(30);
        Assert.Equal(1, _readings);
    }

    [Fact]
    public async Task A_reading_that_does_not_end_is_told_until_it_does()
    {
        var asking = _reader.ReadAsync("/hung/feed", default);
        await _begun.WaitAsync(TestTime.Token(30));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Null(_reader.Stalled);

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal("/hung/feed", _reader.Stalled);

        _mount.Set();
        await asking.WithinAsync(30);
        Assert.Null(_reader.Stalled);
    }

    [Fact]
    public async Task Every_look_after_the_end_of_a_reading_reads_anew()
    {
        await _reader.ReadAsync("/a", default).WithinAsync(30);
        await _reader.ReadAsync("/a", default).WithinAsync(30);

        Assert.Equal(2, _readings);
    }

    public void Dispose()
    {
        _mount.Set();
        _mount.Dispose();
        _begun.Dispose();
    }
}
