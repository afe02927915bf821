using Meridian.Addresses;
using Microsoft.Extensions.Logging;

namespace Meridian.Agent.Commands;

/// <summary>A line of the agent's log: when, how grave, and what.</summary>
internal static class LogLine
{
    public static string Of(DateTimeOffset at, LogLevel level, string text) =>
        $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss.fff}Z {NameOf(level)} {DisplayText.Escape(text)}";

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Warning => "warn",
        LogLevel.Error or LogLevel.Critical => "error",
        _ => "info",
    };
}
