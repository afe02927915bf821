using Meridian.Management;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Management;

public sealed class StoreLimitTests
{
    [Fact]
    public async Task A_disk_that_hangs_holds_a_call_for_two_seconds()
    {
        var time = new FakeTimeProvider();
        var answer = new TaskCompletionSource<string?>().Task.WithinLimitAsync(time);
        time.Advance(TimeSpan.FromSeconds(2) - TimeSpan.FromMilliseconds(1));
        Assert.False(answer.IsCompleted);

        time.Advance(TimeSpan.FromMilliseconds(1));

        Assert.Equal("the disk has not answered within 2 s", await answer);
    }

    [Fact]
    public async Task What_the_disk_answers_is_passed_on()
    {
        Assert.Null(await Task.FromResult<string?>(null).WithinLimitAsync(TimeProvider.System));
        Assert.Equal("full", await Task.FromResult<string?>("full").WithinLimitAsync(TimeProvider.System));
    }
}
