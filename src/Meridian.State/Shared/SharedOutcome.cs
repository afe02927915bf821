namespace Meridian.State.Shared;

/// <summary>What became of a transaction.</summary>
public abstract record SharedOutcome
{
    private SharedOutcome()
    {
    }

    /// <summary>It is done and durable on a majority of the store.</summary>
    /// <param name="Revision">The revision that it made.</param>
    public sealed record Committed(long Revision) : SharedOutcome;

    /// <summary>Nothing was written: a condition was not met.</summary>
    public sealed record Conflict : SharedOutcome;

    /// <summary>
    /// The store did not answer, or refused: nobody knows whether the writes were done where it did not answer.
    /// </summary>
    /// <param name="Reason">Why, in words.</param>
    public sealed record Unavailable(string Reason) : SharedOutcome;
}
