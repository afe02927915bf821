namespace Meridian.Model.History;

/// <summary>An event that is kept in the history.</summary>
/// <param name="At">When.</param>
/// <param name="Kind">The sort of event, one of <see cref="HistoryKinds"/>.</param>
/// <param name="Subject">What it happened to.</param>
/// <param name="Message">What happened, in one sentence.</param>
public sealed record HistoryEvent(DateTimeOffset At, string Kind, string Subject, string Message)
{
    /// <summary>Name of the endpoint; null where it is about none or several, as with the others.</summary>
    public string? Endpoint { get; init; }

    /// <summary>Name of the pool.</summary>
    public string? Pool { get; init; }

    /// <summary>Name of the site.</summary>
    public string? Site { get; init; }

    /// <summary>The address.</summary>
    public string? Address { get; init; }

    /// <summary>The state before; null where there was none.</summary>
    public string? From { get; init; }

    /// <summary>The state since; null where there is none.</summary>
    public string? To { get; init; }

    /// <summary>Why: what the probe found, or a person's words.</summary>
    public string? Cause { get; init; }
}
