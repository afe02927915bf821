namespace Meridian.Files;

/// <summary>Text in commands that people are shown, so that they can be pasted into a shell.</summary>
public static class ShellText
{
    /// <summary>A word of a command: as it is where a shell reads it so, and otherwise in quotes.</summary>
    public static string Quote(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "/\\._-:+@=,".Contains(c))
            ? word : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
