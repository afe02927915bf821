namespace Meridian.Gateway.Http1;

/// <summary>How the end of a body is known (RFC 9112 section 6.3).</summary>
internal enum BodyFraming
{
    None,
    Length,
    Chunked,
    UntilClose,
}
