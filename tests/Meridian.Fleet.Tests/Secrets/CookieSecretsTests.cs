using Meridian.Fleet.Secrets;
using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.Fleet.Tests.Secrets;

/// <summary>The cookie secret of a cluster rolls in steps that leave no node behind.</summary>
public sealed class CookieSecretsTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly string A = new('a', 32);
    private static readonly string B = new('b', 32);
    private static readonly string C = new('c', 32);

    private readonly MemoryCluster _cluster = new();
    private readonly MemoryStore _store;

    public CookieSecretsTests()
    {
        _store = _cluster.Connect();
        _store.Start(_ => { }, () => { });
    }

    [Fact]
    public async Task The_first_secret_is_that_of_one_node()
    {
        var one = CookieSecrets.Step(_store.Current, Start, A)!;
        var other = CookieSecrets.Step(_store.Current, Start, B)!;

        Assert.IsType<SharedOutcome.Committed>(await _store.CommitAsync(one, default));
        Assert.IsType<SharedOutcome.Conflict>(await _store.CommitAsync(other, default));
        Assert.Equal([A], CookieSecrets.In(_store.Current)!.Secrets);
    }

    [Fact]
    public async Task A_secret_is_announced_then_used_and_then_the_old_one_forgotten()
    {
        var now = Start;
        Assert.Equal([A], await StepAsync(now, A));
        Assert.Empty(await StepAsync(now.AddHours(23.9), B));
        Assert.Equal([A, B], await StepAsync(now = now.AddHours(24), B));
        Assert.Empty(await StepAsync(now.AddMinutes(9), C));
        Assert.Equal([B, A], await StepAsync(now = now.AddMinutes(10), C));
        Assert.Empty(await StepAsync(now.AddMinutes(119), C));
        Assert.Equal([B], await StepAsync(now = now.AddMinutes(120), C));
        Assert.Equal([B, C], await StepAsync(now.AddHours(24), C));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("""{"secrets":[],"stage":"calm","at":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"secrets":["aa"],"stage":"calm","at":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"secrets":[null],"stage":"calm","at":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"stage":"calm","at":"2026-01-01T00:00:00Z"}""")]
    [InlineData("""{"secrets":["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"],"stage":77,"at":"2026-01-01T00:00:00Z"}""")]
    public async Task What_cannot_be_read_is_left_alone(string value)
    {
        await _store.CommitAsync(new SharedTransaction([new SharedWrite(FleetKeys.Cookies, value)]), default);

        Assert.Null(CookieSecrets.In(_store.Current));
        Assert.Null(CookieSecrets.Step(_store.Current, Start.AddYears(1), A));
    }

    private async Task<string[]> StepAsync(DateTimeOffset now, string secret)
    {
        if (CookieSecrets.Step(_store.Current, now, secret) is not { } step)
            return [];
        await _store.CommitAsync(step, default);
        return CookieSecrets.In(_store.Current)!.Secrets;
    }
}
