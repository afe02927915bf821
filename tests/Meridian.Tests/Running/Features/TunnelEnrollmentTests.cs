using System.Collections.Immutable;
using Meridian.Model.History;
using Meridian.Running;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.Tests.Running.Control;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Identity;
using Microsoft.Extensions.Logging.Abstractions;

namespace Meridian.Tests.Running.Features;

public sealed class TunnelEnrollmentTests : IAsyncDisposable, IEventStore, IEnrollmentStore
{
    private readonly World _world =
        new(TestYaml.Part("TunnelAgent", "lab", "{publishes: [\"*\"], identity: {enrollment: true}}"));
    private readonly TunnelEnrollment _enrollment;
    private TaskCompletionSource<string?> _deleted = new();

    public TunnelEnrollmentTests() => _enrollment = new TunnelEnrollment(this, _world.Start().Loop,
        new History(this, _world.Time, NullLogger.Instance), _world.Time);

    [Fact]
    public async Task A_code_is_off_the_disk_before_anybody_has_a_certificate_for_it()
    {
        var code = await CodeAsync();

        var redeeming = _enrollment.RedeemAsync(code);
        Assert.False(redeeming.IsCompleted);
        Assert.Equal(new Redemption(null), await _enrollment.RedeemAsync(code).WithinAsync(30)); // once, and not twice
        _deleted.SetResult(null);

        Assert.Equal(new Redemption("lab"), await redeeming.WithinAsync(30));
        Assert.Equal(new Redemption(null), await _enrollment.RedeemAsync(code).WithinAsync(30));
    }

    [Fact]
    public async Task A_code_that_cannot_be_taken_off_the_disk_gives_no_certificate_and_stands()
    {
        var code = await CodeAsync();
        _deleted.SetResult("the disk is full");

        Assert.Equal(new Redemption(null, "the disk is full"), await _enrollment.RedeemAsync(code).WithinAsync(30));

        _deleted = new TaskCompletionSource<string?>();
        _deleted.SetResult(null);
        Assert.Equal(new Redemption("lab"), await _enrollment.RedeemAsync(code).WithinAsync(30));
    }

    public async ValueTask DisposeAsync() => await _world.DisposeAsync();

    private async Task<string> CodeAsync()
    {
        using var certificate = TestCertificate.Create("authority");
        var (issued, _) = await _enrollment.EnrollAsync("lab", certificate.ExportCertificatePem());
        return EnrollmentCode.Parse(issued!.Code)!.Secret;
    }

    ImmutableArray<HistoryEvent> IEventStore.Read(int count) => [];

    void IEventStore.Append(HistoryEvent entry)
    {
    }

    ImmutableArray<StoredEnrollment> IEnrollmentStore.Read() => [];

    Task<string?> IEnrollmentStore.SaveAsync(StoredEnrollment enrollment) => Task.FromResult<string?>(null);

    Task<string?> IEnrollmentStore.DeleteAsync(string digest) => _deleted.Task;
}
