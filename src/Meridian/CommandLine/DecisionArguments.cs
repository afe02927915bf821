using System.CommandLine;

namespace Meridian.CommandLine;

/// <summary>What a person who decides something says of it.</summary>
internal static class DecisionArguments
{
    public static Option<string> Reason() => new("--reason")
    {
        Description = "Why, for those who come after you",
        Required = true,
    };

    public static Option<string> Author() =>
        new("--author") { Description = "Who says so", DefaultValueFactory = _ => UserName() };

    // A container may run as a number that has no name, on a system that has no names at all.
    private static string UserName()
    {
        try
        {
            return Environment.UserName is { Length: > 0 } name ? name : "unknown";
        }
        catch (IOException)
        {
            return "unknown";
        }
    }
}
