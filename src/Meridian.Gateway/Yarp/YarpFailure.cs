using Meridian.Gateway.Http1;
using Meridian.Gateway.Retries;
using Yarp.ReverseProxy.Forwarder;

namespace Meridian.Gateway.Yarp;

/// <summary>Tells from YARP's errors how an address failed.</summary>
internal static class YarpFailure
{
    /// <param name="error">What YARP says.</param>
    /// <param name="exception">What it caught; null for nothing.</param>
    /// <param name="sawHead">Whether an answer had begun.</param>
    public static Failure Of(ForwarderError error, Exception? exception, bool sawHead)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is UpstreamException { Kind: FailureKind.Connect } connect)
                return Failure.OfConnect(connect.Message);
            if (inner is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } tls)
                return Failure.OfConnect($"tls: {tls.InnerException?.Message ?? tls.Message}");
        }

        var kind = error is ForwarderError.RequestTimedOut or ForwarderError.UpgradeActivityTimeout
            or ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled
            ? FailureKind.Timeout : FailureKind.Reset;
        var reason = exception?.InnerException?.Message ?? exception?.Message ?? error.ToString();
        return sawHead
            ? Failure.OfBody(kind, reason) : new Failure(kind, FailurePhase.FirstByte, reason, Arrived: true);
    }
}
