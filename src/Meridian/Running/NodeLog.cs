using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>The log of what a node has to do with clusters.</summary>
internal static partial class NodeLog
{
    public static Action<string> Of(ILoggerFactory logs)
    {
        var log = logs.CreateLogger("Meridian.Kubernetes");
        return message => Say(log, message);
    }

    [LoggerMessage(LogLevel.Information, "{Message}")]
    private static partial void Say(ILogger log, string message);
}
