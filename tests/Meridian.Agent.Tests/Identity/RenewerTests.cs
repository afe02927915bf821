using Meridian.Agent.Identity;
using Meridian.Agent.Tests.Support;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Agent.Tests.Identity;

public sealed class RenewerTests : IDisposable
{
    private readonly AgentTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_certificate_is_renewed_at_two_thirds_of_its_life()
    {
        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 5, 1, 0, 0, 0, TimeSpan.Zero));
        using var certificate = _folder.Enroll(clock);
        var life = certificate.NotAfter - certificate.NotBefore;
        Assert.InRange(life, TimeSpan.FromHours(24), TimeSpan.FromHours(25));
        Assert.Equal(certificate.NotAfter - (life / 3), Renewer.DueAt(certificate).LocalDateTime);
    }

    [Fact]
    public async Task An_agent_with_a_code_s_certificate_asks_for_no_other_at_its_start()
    {
        using var certificate = _folder.Enroll(TimeProvider.System);
        var renewer = new Renewer(_folder.Folder, null, () => [], null, (_, _) => Assert.Fail(), TimeProvider.System);
        await renewer.BeginAsync(CancellationToken.None);
        Assert.Equal(certificate.Thumbprint, renewer.Current.Thumbprint);
    }

    [Fact]
    public async Task An_agent_with_a_token_waits_for_its_first_certificate_and_uses_one_that_counts()
    {
        using var stop = new CancellationTokenSource();
        var waiting = new Renewer(_folder.Folder, "token", () => [], null, (_, _) => { }, new FakeTimeProvider());
        var begin = waiting.BeginAsync(stop.Token);
        Assert.False(begin.IsCompleted);
        Assert.Throws<InvalidOperationException>(() => waiting.Current);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => begin);

        using var certificate = _folder.Enroll(TimeProvider.System);
        var enrolled = new Renewer(_folder.Folder, "token", () => [], null, (_, _) => { }, TimeProvider.System);
        await enrolled.BeginAsync(CancellationToken.None);
        Assert.Equal(certificate.Thumbprint, enrolled.Current.Thumbprint);
    }
}
