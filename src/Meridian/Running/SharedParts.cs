using System.Collections.Immutable;
using Meridian.Fleet;
using Meridian.Fleet.Records;
using Meridian.Fleet.Updates;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.State;
using Meridian.State.Shared;

namespace Meridian.Running;

/// <summary>What a node has in common with others through the store, besides verdicts and overrides.</summary>
/// <param name="Join">What the node had before it joined the store.</param>
/// <param name="Records">Records of clients.</param>
/// <param name="Updates">Dynamic updates of zones.</param>
/// <param name="Cookies">The secret of cookies.</param>
/// <param name="Versions">Versions of zones.</param>
internal sealed record SharedParts(JoinFeature Join, SharedRecordFeature Records, SharedUpdateFeature Updates,
    SharedCookieFeature Cookies, SharedVersionFeature Versions)
{
    public ImmutableArray<ISharedPart> All => [Join, Records, Updates, Cookies, Versions];

    /// <summary>Why the store does not take in what this node alone has; null where nothing waits.</summary>
    public string? Refusal => Records.Refusal ?? Updates.Refusal;

    public static SharedParts Of(ISharedStore shared, NodeOptions options, IStateStore own, NodeCookies cookies,
        ControlLoop loop, History history, TimeProvider time)
    {
        var aside = Path.Combine(options.StateFolder, "before-store.txt");
        var join = new JoinFeature(shared, own.Id, aside, loop, history);

        var advance = new StoreAdvance(time);
        return new SharedParts(join,
            new SharedRecordFeature(new SharedRecordStore(shared, advance, time), own.Records, loop, history,
                () => shared.IsAttached, advance),
            new SharedUpdateFeature(new SharedUpdateStore(shared, options.Name, time), own.Zones, loop, history,
                () => shared.IsAttached, advance),
            new SharedCookieFeature(shared, cookies, loop),
            new SharedVersionFeature(shared, $"{options.Name} {Guid.NewGuid():N}", loop));
    }
}
