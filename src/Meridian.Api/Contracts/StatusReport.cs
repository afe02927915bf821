using System.Collections.Immutable;

namespace Meridian.Api.Contracts;

/// <summary>The state of a node and of all that it steers.</summary>
public sealed record StatusReport
{
    public required string Node { get; init; }

    public required string Version { get; init; }

    public required DateTimeOffset StartedAt { get; init; }

    public required DateTimeOffset Now { get; init; }

    public required bool Ready { get; init; }

    /// <summary>Why the node is not ready.</summary>
    public string? NotReady { get; init; }

    /// <summary>
    /// What a person should see to, though the node serves: loops that stand still, files whose newest version cannot
    /// be used.
    /// </summary>
    public ImmutableArray<string> Warnings { get; init; } = [];

    public required ConfigurationStatus Configuration { get; init; }

    public required HealthStatus Health { get; init; }

    /// <summary>The geography databases, one line each.</summary>
    public required ImmutableArray<string> Geography { get; init; }

    /// <summary>What is wrong with the state store.</summary>
    public string? StateFault { get; init; }

    public required ImmutableArray<EndpointStatus> Endpoints { get; init; }

    public required ImmutableArray<OverrideDocument> Overrides { get; init; }
}
