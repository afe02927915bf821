namespace Meridian.Model;

/// <summary>
/// A place in a configuration file, or in an object of a Kubernetes cluster. Lines and columns count from 1; line 0
/// means the file as a whole.
/// </summary>
public readonly record struct Location(string File, int Line, int Column)
{
    /// <summary>The place of things that were not read from a file.</summary>
    public static Location None { get; } = new("", 0, 0);

    /// <summary>
    /// In an object, which has no lines: the path of the field, such as <c>spec.pools[0].pool</c>; null in a file.
    /// </summary>
    public string? Field { get; init; }

    /// <summary>Whether it is in an object of a cluster, and not in a file.</summary>
    public bool IsInObject => Field is not null;

    public override string ToString() =>
        Field is { Length: > 0 } ? $"{File}: {Field}" : Line == 0 ? File : $"{File}:{Line}:{Column}";
}
