using Meridian.Dns.Wire;
using Meridian.Running.Control;

namespace Meridian.Tests.Running.Control;

public sealed class PreparerTests
{
    private static readonly DnsName Org = DnsName.Parse("example.org");
    private static readonly DnsName Com = DnsName.Parse("example.com");

    [Fact]
    public async Task Zones_alone_are_compiled_where_no_change_of_the_batch_can_change_more()
    {
        await using var world = new World().Start();
        Assert.Equal([Org], await OriginsAsync(world, Org));
        Assert.Equal([Org, Com], await OriginsAsync(world, Org, Com, Org));
        Assert.Null(await OriginsAsync(world, Org, null));
        Assert.Null(await OriginsAsync(world, [null]));
    }

    [Fact]
    public async Task What_is_faulty_among_two_is_found_out_one_by_one()
    {
        await using var world = new World().Start();
        var good = new Change("good", inputs => inputs);
        var bad = new Change("bad", inputs => inputs) { Refuse = _ => "bad" };
        var broken = new Change("broken", _ => throw new InvalidOperationException("bug"));

        Assert.IsType<PreparationOutcome.Ready>(await PrepareAsync(good, good));
        Assert.IsType<PreparationOutcome.Divided>(await PrepareAsync(good, bad));
        Assert.IsType<PreparationOutcome.Refused>(await PrepareAsync(bad));
        Assert.IsType<PreparationOutcome.Divided>(await PrepareAsync(good, broken));
        Assert.IsType<PreparationOutcome.Failed>(await PrepareAsync(broken));

        Task<PreparationOutcome> PrepareAsync(params Change[] changes) => new Preparer(world.Prepare, world.Time)
            .PrepareAsync(world.Loop.State, [.. changes.Select(change => new PendingChange(change))]);
    }

    private static async Task<IReadOnlyCollection<DnsName>?> OriginsAsync(World world, params DnsName?[] zones)
    {
        IReadOnlyCollection<DnsName>? seen = null;
        var preparer = new Preparer((state, inputs, origins) =>
        {
            seen = origins;
            return world.Prepare(state, inputs, origins);
        }, world.Time);
        Assert.IsType<PreparationOutcome.Ready>(await preparer.PrepareAsync(world.Loop.State,
            [.. zones.Select(zone => new PendingChange(new Change("x", inputs => inputs) { Zone = zone }))]));
        return seen;
    }
}
