using System.Collections.Immutable;

namespace Meridian.Steering.Explaining;

/// <summary>Why a client gets the answer that it gets: the whole decision.</summary>
public sealed record Explanation
{
    public required string Name { get; init; }

    public required string Endpoint { get; init; }

    public required string Hostname { get; init; }

    public required string Policy { get; init; }

    public required ClientExplanation Client { get; init; }

    /// <summary>The pools, the first choice first.</summary>
    public required ImmutableArray<PoolExplanation> Pools { get; init; }

    /// <summary>
    /// The pools that the endpoint's gateway on this node forwards to, the first choice first, where they are not its
    /// own.
    /// </summary>
    public ImmutableArray<PoolExplanation> Behind { get; init; } = [];

    public required AnswerExplanation Answer { get; init; }

    /// <summary>The decision as sentences, step by step.</summary>
    public required ImmutableArray<string> Steps { get; init; }
}
