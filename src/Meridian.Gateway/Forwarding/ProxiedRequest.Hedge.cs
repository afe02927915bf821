
namespace Meridian.Gateway.Forwarding;

/// <summary>A second address beside a slow first one ("The tail at scale", Dean and Barroso 2013).</summary>
internal sealed partial class ProxiedRequest
{
    private bool _hedged;

    private TimeSpan? HedgeAfter() =>
        !_tries.MayRepeat ? null
        : _route.Options.HedgeAfter
        ?? (_route.Options.HedgeQuantile is { } share ? _route.Record.FirstByte.Quantile(share) : null);

    private async ValueTask<Attempt> HedgeAsync(Attempt first, Task<bool> opening, TimeSpan after)
    {
        using (var enough = CancellationTokenSource.CreateLinkedTokenSource(_context.RequestAborted))
        {
            await Task.WhenAny(opening, Task.Delay(after, _services.Time, enough.Token));
            await enough.CancelAsync();
        }

        // Two attempts read the body from where it is kept, so that all of it must be there.
        if (opening.IsCompleted || _context.RequestAborted.IsCancellationRequested
            || _body is not (null or { IsComplete: true, CanReplay: true })
            || _tries.NextBeside() is not { } target)
        {
            await opening;
            return first;
        }

        _hedged = true;
        var (second, other) = Begin(target);
        var winner = await Task.WhenAny(opening, other) == opening
            ? await SettleAsync(first, second, other) : await SettleAsync(second, first, opening);
        _services.Observer.Hedged(_route, winner.Target, won: ReferenceEquals(winner, second));
        return winner;
    }

    // The early one wins with a good answer. With a failure it waits for the late one, and the better of the two wins.
    private async ValueTask<Attempt> SettleAsync(Attempt early, Attempt late, Task lateOpening)
    {
        if (WorthOf(early) >= AttemptWorth.Answer)
        {
            await late.CancelAsync();
            await lateOpening;
            await late.DisposeAsync();
            return early;
        }

        Report(early);
        await early.StopSendingAsync();
        await lateOpening;
        var (winner, loser) = WorthOf(late) > WorthOf(early) ? (late, early) : (early, late);
        Report(loser);
        await loser.DisposeAsync();
        return winner;
    }

    private AttemptWorth WorthOf(Attempt attempt)
    {
        if (attempt.ClientGone || attempt.ClientFault is not null)
            return AttemptWorth.NoClient;
        if (attempt.Head is { } head)
            return head.Status >= 500 || _route.Options.RetriedStatuses.Contains(head.Status)
                || _route.Options.SaysFull(head.Status, hasRetryAfter: false)
                ? AttemptWorth.FailingAnswer : AttemptWorth.Answer;
        return attempt.Failure is { Arrived: true } ? AttemptWorth.NoAnswer : AttemptWorth.NotArrived;
    }

    /// <summary>
    /// Which of two attempts decides what the client gets. One that may have arrived says more than a refused
    /// connection: what follows it must keep to the budget.
    /// </summary>
    private enum AttemptWorth
    {
        NotArrived,
        NoAnswer,
        FailingAnswer,
        Answer,
        NoClient,
    }
}
