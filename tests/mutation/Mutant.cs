using Microsoft.CodeAnalysis;

namespace Meridian.Mutation;

/// <summary>One small change to one file: the node that goes, and what stands in its place.</summary>
internal sealed record Mutant(string File, int Line, SyntaxNode Original, SyntaxNode Replacement, string Change)
{
    /// <summary>The row of docs/testing.md that says why this survivor may stay.</summary>
    public string Row => $"{File} | {Change}";
}

internal enum Outcome
{
    /// <summary>A test fails: the rule is protected.</summary>
    Killed,

    /// <summary>The tests did not end: a loop that never ends, or a machine that is too busy.</summary>
    TimedOut,

    /// <summary>The change is no C#.</summary>
    Invalid,

    /// <summary>No test notices the change.</summary>
    Survived,
}
