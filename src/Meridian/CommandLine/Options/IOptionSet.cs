using System.CommandLine;
using Meridian.Running;

namespace Meridian.CommandLine.Options;

/// <summary>The options of <c>meridian serve</c> that belong together, and what they mean for the node.</summary>
internal interface IOptionSet
{
    /// <summary>The options, in the order in which help shows them.</summary>
    IEnumerable<Option> Options { get; }

    /// <summary>Those whose files nobody else should be able to read.</summary>
    IEnumerable<Option<string?>> Secrets => [];

    /// <summary>Adds what was given on the command line to the node's options.</summary>
    /// <exception cref="StartException">The values do not go together, or a file cannot be read.</exception>
    NodeOptions Apply(NodeOptions options, ParseResult result);
}
