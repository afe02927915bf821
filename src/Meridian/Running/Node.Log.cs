using Microsoft.Extensions.Logging;

namespace Meridian.Running;

internal sealed partial class Node
{
    private static partial class Log
    {
        [LoggerMessage(EventId = 100, Level = LogLevel.Information,
            Message = "node {Node} answers DNS on {EndPoints}: {Endpoints} endpoints in {Zones} zones")]
        public static partial void Started(ILogger logger, string node, string endPoints, int endpoints, int zones);

        [LoggerMessage(EventId = 101, Level = LogLevel.Information, Message = "node {Node} has stopped")]
        public static partial void Stopped(ILogger logger, string node);

        [LoggerMessage(EventId = 102, Message = "{Kind}: {What}")]
        public static partial void Happened(ILogger logger, LogLevel level, string kind, string what);

        [LoggerMessage(EventId = 103, Level = LogLevel.Error, Message = "{Fault}")]
        public static partial void StoreFault(ILogger logger, string fault);

        [LoggerMessage(EventId = 104, Level = LogLevel.Error,
            Message = "the control loop met a fault and goes on with the last good table")]
        public static partial void LoopFault(ILogger logger, Exception fault);

        [LoggerMessage(EventId = 105, Level = LogLevel.Information, Message = "geography: {Description}")]
        public static partial void Geography(ILogger logger, string description);

        [LoggerMessage(EventId = 106, Level = LogLevel.Warning,
            Message = "no --geo database is loaded: {Hostname} and every other endpoint with policy Nearest answers in the order of its pools")]
        public static partial void NoGeography(ILogger logger, string hostname);

        [LoggerMessage(EventId = 107, Level = LogLevel.Information, Message = "{Name} resolves to {Addresses}")]
        public static partial void Resolved(ILogger logger, string name, string addresses);

        [LoggerMessage(EventId = 108, Level = LogLevel.Warning,
            Message = "{Name} cannot be resolved: {Error}; what was known last is kept")]
        public static partial void NotResolved(ILogger logger, string name, string error);

        [LoggerMessage(EventId = 109, Level = LogLevel.Information, Message = "{What}")]
        public static partial void Zone(ILogger logger, string what);

        [LoggerMessage(EventId = 110, Level = LogLevel.Error, Message = "a datagram met a fault and was not answered")]
        public static partial void DatagramFault(ILogger logger, Exception fault);
    }
}
