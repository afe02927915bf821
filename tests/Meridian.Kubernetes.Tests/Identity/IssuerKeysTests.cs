using Meridian.Kubernetes.Identity;
using Meridian.TestCluster;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Kubernetes.Tests.Identity;

/// <summary>Keys in a file whose mount may hang.</summary>
public sealed class IssuerKeysTests : IDisposable
{
    private const string Issuer = "https://hk.example.com";

    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 6, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly TestIssuer _issuer = new(Issuer);
    private readonly HttpClient _http = new();
    private readonly ManualResetEventSlim _mount = new(true);
    private readonly SemaphoreSlim _asked = new(0);
    private readonly IssuerKeys _keys;

    public IssuerKeysTests() => _keys = new IssuerKeys(Issuer, new IssuerFile(
        () => Wait("1"), () => Wait(_issuer.Jwks)), _http, _time);

    public void Dispose()
    {
        _mount.Set();
        _http.Dispose();
        _issuer.Dispose();
        _mount.Dispose();
        _asked.Dispose();
    }

    [Fact]
    public async Task A_mount_that_hangs_leaves_the_keys_that_are_known()
    {
        var known = await _keys.FindAsync(null, default);
        await AskedAsync(2); // the version and the text
        _mount.Reset();

        var found = _keys.FindAsync(null, default);
        await AskedAsync(1);
        Assert.False(found.IsCompleted);
        _time.Advance(IssuerKeys.LookLimit);

        Assert.Same(known, await found.WithinAsync(30));
    }

    [Fact]
    public async Task A_mount_that_hangs_from_the_start_is_a_refusal_and_holds_one_thread_whoever_asks()
    {
        _mount.Reset();
        var first = _keys.FindAsync(null, default);
        await AskedAsync(1);
        Task[] all = [first, .. Enumerable.Range(0, 20).Select(_ => _keys.FindAsync(null, default))];
        _time.Advance(IssuerKeys.FetchLimit);

        foreach (var one in all)
        {
            var refusal = await Assert.ThrowsAsync<InvalidDataException>(() => one.WithinAsync(30));
            Assert.Equal($"the keys of {Issuer} are not known: no answer within 15 s", refusal.Message);
        }

        Assert.Equal(0, _asked.CurrentCount);
    }

    private string Wait(string value)
    {
        _asked.Release();
        _mount.Wait(TestTime.Limit(60));
        return value;
    }

    private async Task AskedAsync(int times)
    {
        for (var i = 0; i < times; i++)
            Assert.True(await _asked.WaitAsync(TestTime.Limit(30)), "the file is not read");
    }
}
