using Meridian.Addresses;
using Meridian.Gateway.Retries;

namespace Meridian.Gateway.Http1;

/// <summary>
/// An address failed a request. This is expected and handled: it carries what the next step depends on.
/// </summary>
internal sealed class UpstreamException(FailureKind kind, string message, Exception? inner = null)
    : IOException(message, inner)
{
    public FailureKind Kind { get; } = kind;

    public static UpstreamException WhileSending(Exception inner) => new(FailureKind.Reset,
        $"the connection was reset while the request was sent: {ErrorText.Of(inner)}", inner);
}
