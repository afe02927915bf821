using Meridian.Steering.Plans;

namespace Meridian.Steering.Tests.Plans;

public sealed class MixingTests
{
    [Fact]
    public void A_number_from_0_to_1_is_neither()
    {
        Assert.InRange(Mixing.Unit(0), double.Epsilon, 1e-15);
        Assert.InRange(Mixing.Unit(ulong.MaxValue), 1 - 1e-15, Math.BitDecrement(1.0));
        Assert.Equal(0.5, Mixing.Unit(1UL << 63), 1e-15);
    }

    [Fact]
    public void A_number_below_a_bound_reaches_every_number_below_it()
    {
        Assert.Equal(0, Mixing.Below(0, 3));
        Assert.Equal(1, Mixing.Below(1UL << 63, 3));
        Assert.Equal(2, Mixing.Below(ulong.MaxValue, 3));
    }
}
