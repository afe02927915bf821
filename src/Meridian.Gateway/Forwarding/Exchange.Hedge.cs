namespace Meridian.Gateway.Forwarding;

/// <summary>A second address beside a slow first one ("The tail at scale", Dean and Barroso 2013).</summary>
internal sealed partial class Exchange
{
    private TimeSpan? HedgeAfter() =>
        !_rules.MayRepeat ? null
        : _route.Options.HedgeAfter
        ?? (_route.Options.HedgeQuantile is { } share ? _route.Record.FirstByte.Quantile(share) : null);

    private async ValueTask<Attempt> HedgeAsync(Attempt first, Task<bool> opening, TimeSpan after)
    {
        using (var enough = CancellationTokenSource.CreateLinkedTokenSource(_context.RequestAborted))
        {
            await Task.WhenAny(opening, Task.Delay(after, _core.Time, enough.Token));
            await enough.CancelAsync();
        }

        // Two at a time read the body from where it is kept, so that it must be whole there.
        if (opening.IsCompleted || _context.RequestAborted.IsCancellationRequested
            || (_body is not null && !(_body.IsComplete && _body.CanReplay))
            || Choose() is not { } choice || !_route.Record.Hedges.TrySpend(_route.Options.HedgeShare, always: 0))
        {
            await opening;
            return first;
        }

        _tried.Add(choice.Target.Upstream);
        var (second, other) = Begin(choice.Target);
        var winner = await Task.WhenAny(opening, other) == opening ? first : second;
        if (winner.Head is null)
        {
            // One has failed; the other may yet answer.
            if (winner.Failure is { } failure)
                Judge(winner, failure);
            await winner.DisposeAsync();
            winner = ReferenceEquals(winner, first) ? second : first;
            await (ReferenceEquals(winner, first) ? opening : other);
            return winner;
        }

        var loser = ReferenceEquals(winner, first) ? second : first;
        await loser.CancelAsync();
        await (ReferenceEquals(loser, first) ? opening : other);
        await loser.DisposeAsync();
        _core.Observer.Hedged(_route, winner.Target, won: ReferenceEquals(winner, second));
        return winner;
    }
}
