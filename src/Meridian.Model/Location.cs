namespace Meridian.Model;

/// <summary>A place in a configuration file. Lines and columns count from 1; line 0 means the file as a whole.</summary>
public readonly record struct Location(string File, int Line, int Column)
{
    /// <summary>The place of things that were not read from a file.</summary>
    public static Location None { get; } = new("", 0, 0);

    public override string ToString() => Line == 0 ? File : $"{File}:{Line}:{Column}";
}
