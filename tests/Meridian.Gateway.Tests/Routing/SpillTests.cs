using Meridian.Gateway.Routing;

namespace Meridian.Gateway.Tests.Routing;

public sealed class SpillTests
{
    [Fact]
    public void A_pool_spills_from_its_limit_on_and_stops_a_twentieth_below_it()
    {
        var spill = new Spill();
        Assert.False(spill.Update(0.79, 0.8));
        Assert.True(spill.Update(0.8, 0.8));
        Assert.True(spill.Update(0.76, 0.8));
        Assert.True(spill.IsSpilling);
        Assert.False(spill.Update(0.74, 0.8));
        Assert.False(spill.Update(0.79, 0.8));
        Assert.False(spill.IsSpilling);
        Assert.True(spill.Update(1, 1));
        Assert.True(spill.Update(0.95, 1));
    }
}
