using Meridian.State.Shared;

namespace Meridian.State.Etcd;

/// <summary>
/// Keeps what a cluster has in etcd: lists it, watches from there, and whatever happens to the watch (an end, a
/// refusal, silence), goes on at another member where it stopped. Where the store no longer keeps what came next, it is
/// listed again, and what was deleted is found by difference.
/// </summary>
internal sealed class EtcdReflector(
    EtcdChannels channels, EtcdCalls calls, EtcdIdentity identity, EtcdLister lister, EtcdWatcher watcher,
    EtcdRetry retry)
{
    private const int MaxLists = 3; // lists in a row without a watch that holds, before a pause

    private int _epoch;
    private bool _isListed;
    private int _failures;

    /// <summary>Follows the store until cancelled; never throws.</summary>
    /// <param name="view">What is known.</param>
    /// <param name="contact">Told of every sign of life, and of what went wrong.</param>
    /// <param name="callbacks">Given every change.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task RunAsync(
        EtcdView view, EtcdContact contact, EtcdCallbacks callbacks, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var endpoint = channels.Preferred;
            try
            {
                await FollowAsync(endpoint, view, Publish, cancellationToken);
            }
            catch (Exception e)
            {
                if (cancellationToken.IsCancellationRequested)
                    return;
                contact.Fail(EtcdFailure.Text(endpoint, e));
            }

            channels.PassOver(endpoint);
            await retry.PauseAsync(++_failures, cancellationToken);
        }

        void Publish(SharedUpdate? update)
        {
            if (update is not null)
                callbacks.Post(update);
            else if (contact.Progress())
                callbacks.Wake();
        }
    }

    private async Task FollowAsync(
        EtcdEndpoint endpoint, EtcdView view, Action<SharedUpdate?> publish, CancellationToken cancellationToken)
    {
        await calls.ProbeAsync(endpoint, cancellationToken);
        var lists = 0;
        while (true)
        {
            if (!_isListed || _epoch != identity.Epoch)
            {
                if (++lists > MaxLists)
                    throw new EtcdException($"etcd at {endpoint.Name} is compacted faster than it can be listed");
                var epoch = identity.Epoch;
                if (view.Replace(await lister.ListAsync(endpoint, cancellationToken)) is { } update)
                    publish(update);
                (_epoch, _isListed) = (epoch, true);
            }

            await watcher.WatchAsync(endpoint, _epoch, Observe, cancellationToken);
            _isListed = false;
        }

        void Observe(SharedUpdate? update)
        {
            (lists, _failures) = (0, 0);
            publish(update);
        }
    }
}
