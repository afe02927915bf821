using Meridian.Operator.Discovering;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Operator.Tests.Discovering;

public sealed class ClusterHubStallTests
{
    [Fact]
    public async Task A_hub_that_stands_still_is_told_until_it_turns()
    {
        var time = new FakeTimeProvider();
        using var hold = new ManualResetEventSlim();
        using var held = new SemaphoreSlim(0);
        await using var hub = new ClusterHub(null, _ =>
        {
            held.Release();
            hold.Wait(TestTime.Limit(30));
        }, time, _ => { });
        try
        {
            hub.Update(TestYaml.Read(TestYaml.Part("Cluster", "hk", "{access: {file: /nowhere}}")));
            Assert.True(await held.WaitAsync(TestTime.Limit(30)), "nothing is published");
            time.Advance(TimeSpan.FromMinutes(1));
            Assert.False(hub.IsStalled);
            time.Advance(TimeSpan.FromSeconds(1));
            Assert.True(hub.IsStalled);
        }
        finally
        {
            hold.Set();
        }

        await Wait.UntilAsync(() => !hub.IsStalled, () => "the hub stands still");
    }
}
