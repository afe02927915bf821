using Meridian.Model.Values;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Bodies;

/// <summary>The client went away, or what it sent is not a body. No address is to blame for it.</summary>
/// <param name="status">The status that the client gets, if it is still there.</param>
/// <param name="message">What the client is told.</param>
/// <param name="inner">What Kestrel said.</param>
internal sealed class ClientException(int status, string message, Exception? inner = null)
    : IOException(message, inner)
{
    public int Status { get; } = status;

    public static ClientException Silent(TimeSpan idle) => new(StatusCodes.Status408RequestTimeout,
        $"nothing more of the body came within {Durations.Format(idle)}");

    public static ClientException Of(Exception e) => (e as BadHttpRequestException)?.StatusCode switch
    {
        StatusCodes.Status413PayloadTooLarge =>
            new(StatusCodes.Status413PayloadTooLarge, "the body is larger than it may be", e),
        StatusCodes.Status408RequestTimeout => new(StatusCodes.Status408RequestTimeout, "the body came too slowly", e),
        _ => new(StatusCodes.Status400BadRequest, "the body is not framed as HTTP/1.1 says, or ended early", e),
    };
}
