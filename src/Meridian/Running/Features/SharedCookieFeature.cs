using System.Security.Cryptography;
using Meridian.Dns.Cookies;
using Meridian.Fleet.Secrets;
using Meridian.Running.Control;
using Meridian.State.Shared;

namespace Meridian.Running.Features;

/// <summary>
/// The cookie secret that nodes share: a client's cookie from one is good at all. The first node makes it, and the one
/// that sees first that its day is over rolls it. While the store is away the secrets that were read last stay.
/// </summary>
/// <param name="store">The shared store.</param>
/// <param name="cookies">The cookies of this node.</param>
/// <param name="loop">The control loop.</param>
internal sealed class SharedCookieFeature(ISharedStore store, NodeCookies cookies, ControlLoop loop)
    : IFeature, ISharedPart
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(4);

    private SharedSnapshot _snapshot = SharedSnapshot.Empty;
    private Task _writing = Task.CompletedTask;

    public string Name => "shared cookies";

    public void Receive(SharedSnapshot snapshot, IReadOnlyCollection<string> keys)
    {
        _snapshot = snapshot;
        if (CookieSecrets.In(snapshot) is { } known)
            cookies.Share([.. known.Secrets.Select(Convert.FromHexString)]);
        Step(loop.Now);
    }

    public void Tick(DateTimeOffset now) => Step(now);

    // One that is not done is tried again at the next tick; of several nodes the store lets one do it.
    private void Step(DateTimeOffset now)
    {
        if (cookies.IsFromFile || !_writing.IsCompleted || !store.IsAttached || _snapshot.Revision == 0)
            return;
        var secret = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(CookieJar.SecretLength));
        if (CookieSecrets.Step(_snapshot, now, secret) is { } step)
            _writing = store.CommitAsync(step, Limit);
    }
}
