namespace Meridian.Api.Contracts;

/// <summary>What is known of the load of an address.</summary>
public sealed record LoadStatus
{
    /// <summary>0 for idle, 1 for full; null where it cannot be computed from its figures.</summary>
    public double? Utilisation { get; init; }

    /// <summary>Requests that are being worked on.</summary>
    public double? Running { get; init; }

    /// <summary>Requests that wait.</summary>
    public double? Waiting { get; init; }

    /// <summary>Use of the memory for requests, from 0 to 1.</summary>
    public double? Memory { get; init; }

    /// <summary>Requests that it can do at a time, declared or learned.</summary>
    public double? Capacity { get; init; }

    /// <summary>Where the figures come from; null where there are none.</summary>
    public string? Source { get; init; }

    /// <summary>When they were made.</summary>
    public DateTimeOffset? At { get; init; }

    /// <summary>All of it in one sentence.</summary>
    public string? Summary { get; init; }

    /// <summary>What was wrong with the last reading of its metrics.</summary>
    public string? Fault { get; init; }
}
