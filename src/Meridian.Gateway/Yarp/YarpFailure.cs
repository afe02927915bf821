using Meridian.Addresses;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Upstreams;
using Yarp.ReverseProxy.Forwarder;

namespace Meridian.Gateway.Yarp;

/// <summary>Tells from YARP's errors how an address failed.</summary>
internal static class YarpFailure
{
    private const string NotProcessed = "http/2: the address refused the request and has not processed it";

    /// <summary>REFUSED_STREAM (RFC 9113 section 7).</summary>
    private const long RefusedStream = 7;

    /// <param name="error">What YARP says.</param>
    /// <param name="exception">What it caught; null for nothing.</param>
    /// <param name="sawHead">Whether an answer had begun.</param>
    public static Failure Of(ForwarderError error, Exception? exception, bool sawHead)
    {
        foreach (var inner in Inner(exception))
        {
            if (inner is UpstreamException { Kind: FailureKind.Connect } connect)
                return Failure.OfConnect(connect.Message);
            if (inner is NotProcessedException || IsRefusal(inner))
                return new Failure(FailureKind.Reset, FailurePhase.Send, NotProcessed, Arrived: false);
            if (inner is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError } tls)
                return Failure.OfConnect(ErrorText.Of(tls));
        }

        var kind = error is ForwarderError.RequestTimedOut or ForwarderError.UpgradeActivityTimeout
            or ForwarderError.RequestCanceled or ForwarderError.RequestBodyCanceled
            ? FailureKind.Timeout : FailureKind.Reset;
        var reason = exception is null ? error.ToString() : ErrorText.Of(exception);
        return sawHead
            ? Failure.OfBody(kind, reason) : new Failure(kind, FailurePhase.FirstByte, reason, Arrived: true);
    }

    // Around a GOAWAY that leaves the stream out the handler puts words of its own, around other ends the same ones.
    private static bool IsRefusal(Exception e) => e is HttpProtocolException { ErrorCode: RefusedStream }
        || (e is HttpRequestException { InnerException: HttpProtocolException inner } && e.Message != inner.Message);

    private static IEnumerable<Exception> Inner(Exception? e)
    {
        for (; e is not null; e = e.InnerException)
        {
            yield return e;
            if (e is not AggregateException several)
                continue;
            foreach (var inner in several.InnerExceptions.SelectMany(Inner))
                yield return inner;
            yield break;
        }
    }
}
