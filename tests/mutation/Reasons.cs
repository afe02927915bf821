using System.Text.RegularExpressions;

namespace Meridian.Mutation;

/// <summary>The survivors that docs/testing.md lists, each with the reason why it may stay.</summary>
internal static partial class Reasons
{
    public static HashSet<string> Read(string root) =>
        [.. File.ReadLines(Path.Combine(root, "docs", "testing.md"))
            .Select(line => Row().Match(line)).Where(match => match.Success)
            .Select(match => $"{match.Groups["file"].Value} | {match.Groups["change"].Value.Replace(@"\|", "|")}")];

    [GeneratedRegex(@"^\| `(?<file>[^`]+)` \| `(?<change>[^`]+ → [^`]*)` \|")]
    private static partial Regex Row();
}
