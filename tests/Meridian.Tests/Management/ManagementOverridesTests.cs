using Meridian.Health.Overrides;
using Meridian.Management;
using Meridian.Model.Verdicts;
using Meridian.Steering;

namespace Meridian.Tests.Management;

public sealed class ManagementOverridesTests
{
    [Fact]
    public async Task A_fault_of_the_store_is_passed_on_and_a_missing_override_is_none()
    {
        Assert.True(OverrideTarget.TryParse("pool/p", out var target, out _));
        var value = new Override(target, OverrideState.Down, "me", "test", DateTimeOffset.UnixEpoch, null);
        var book = OverrideBook.Empty;
        var overrides = new ManagementOverrides(() => book, () => SteeringTable.Empty,
            added =>
            {
                book = book.With(added);
                return Task.FromResult<string?>("full");
            },
            (cleared, _) =>
            {
                var found = book.Overrides.Any(o => o.Target == cleared);
                book = book.Without(cleared);
                return Task.FromResult<(bool, string?)>((found, null));
            });

        Assert.Equal((0, "full"), await SetAsync());
        Assert.Equal("pool/p", Assert.Single(overrides.Current).Target);
        Assert.Null((await overrides.ClearAsync(target, "me"))!.StoreFault);
        Assert.Null(await overrides.ClearAsync(target, "me"));

        async Task<(int, string?)> SetAsync()
        {
            var outcome = await overrides.SetAsync(value);
            return (outcome.Matched, outcome.StoreFault);
        }
    }
}
