using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>Objects in a cluster by their labels.</summary>
public sealed record ObjectSelection
{
    [Field("What they are")]
    public required ExposedKind Kind { get; init; }

    [Field("Their namespace", Default = "every namespace")]
    public string? Namespace { get; init; }

    [Field("The labels that they have, as `kubectl` reads them, such as `app=kokoro,tier in (web, edge)`")]
    public required string Labels { get; init; }

    public override string ToString() =>
        $"every {Kind} {(Namespace is null ? "" : $"of {Namespace} ")}with {Labels}";
}
