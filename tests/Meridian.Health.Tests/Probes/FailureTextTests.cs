using System.Net.Sockets;
using System.Security.Authentication;
using Meridian.Health.Probes;

namespace Meridian.Health.Tests.Probes;

public sealed class FailureTextTests
{
    [Theory]
    [InlineData(SocketError.ConnectionRefused, "refused")]
    [InlineData(SocketError.ConnectionReset, "reset by the peer")]
    [InlineData(SocketError.ConnectionAborted, "reset by the peer")]
    [InlineData(SocketError.HostUnreachable, "host unreachable")]
    [InlineData(SocketError.NetworkUnreachable, "network unreachable")]
    [InlineData(SocketError.TimedOut, "timed out")]
    [InlineData(SocketError.HostNotFound, "name not found")]
    [InlineData(SocketError.NoData, "name not found")]
    [InlineData(SocketError.AddressNotAvailable, "address not available")]
    [InlineData(SocketError.TooManyOpenSockets, "failed: too many open files on this node")]
    [InlineData(SocketError.AccessDenied, "failed: AccessDenied")]
    public void A_socket_error_is_named(SocketError error, string text)
    {
        var cause = new SocketException((int)error);

        Assert.Equal($"connection {text}", FailureText.Of(cause));
        Assert.Equal($"connect: {text}",
            FailureText.Of(new HttpRequestException("sent", new ConnectFailedException(cause))));
    }

    [Fact]
    public void The_cause_that_people_understand_is_told_however_deep_it_lies()
    {
        Assert.Equal("tls: expired", FailureText.Of(new HttpRequestException("sent",
            new IOException("outer", new TlsRefusedException("tls: expired")))));
        Assert.Equal("tls: bad record", FailureText.Of(new IOException("lost",
            new AuthenticationException("see inner.", new InvalidOperationException("bad record.")))));
    }

    [Theory]
    [InlineData(HttpRequestError.ResponseEnded, "connection closed before the answer was whole")]
    [InlineData(HttpRequestError.InvalidResponse, "http: not a valid answer")]
    [InlineData(HttpRequestError.ConfigurationLimitExceeded, "http: the head of the answer is too long")]
    [InlineData(HttpRequestError.HttpProtocolError, "http: the peer broke the rules of HTTP/2")]
    [InlineData(HttpRequestError.SecureConnectionError, "http: SecureConnectionError")]
    [InlineData(HttpRequestError.VersionNegotiationError, "http: the peer does not speak HTTP/2")]
    [InlineData(HttpRequestError.Unknown, "odd")]
    public void An_HTTP_error_is_described(HttpRequestError error, string text) =>
        Assert.Equal(text, FailureText.Of(new HttpRequestException(error, "sent", new FormatException("odd."))));

    [Fact]
    public void Anything_else_speaks_for_itself()
    {
        Assert.Equal("connection lost: broken pipe", FailureText.Of(new IOException("broken pipe.")));
        Assert.Equal("odd", FailureText.Of(new FormatException("odd.")));
    }
}
