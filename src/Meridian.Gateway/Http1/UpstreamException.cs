namespace Meridian.Gateway.Http1;

/// <summary>
/// An exchange with an address failed. Expected, and acted upon: it carries what the next step depends on.
/// </summary>
internal sealed class UpstreamException(FailureKind kind, string message, Exception? inner = null)
    : IOException(message, inner)
{
    public FailureKind Kind { get; } = kind;
}
