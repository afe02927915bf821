namespace Meridian.Gateway.Bodies;

/// <summary>The client went away, or what it sent is not a body: no address is to blame.</summary>
internal sealed class ClientException(Exception inner) : IOException(inner.Message, inner);
