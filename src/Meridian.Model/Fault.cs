using Meridian.Addresses;

namespace Meridian.Model;

/// <summary>One thing that is wrong with a configuration: where, and what to do about it.</summary>
public sealed record Fault(Location Where, string Message)
{
    /// <summary>Whether it only needs a person's look: what it is about is served all the same.</summary>
    public bool IsWarning { get; init; }

    /// <summary>The resource that is missing, where the fault is a reference to it.</summary>
    public ResourceReference? Missing { get; init; }

    /// <summary>The form that compilers use and editors understand: <c>file:line:column: error: message</c>.</summary>
    public override string ToString() =>
        DisplayText.Escape($"{Where}: {(IsWarning ? "warning" : "error")}: {Message}");
}
