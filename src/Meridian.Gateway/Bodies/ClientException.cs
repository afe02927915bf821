namespace Meridian.Gateway.Bodies;

/// <summary>The client went away, or what it sent is not a body. No address is to blame for it.</summary>
internal sealed class ClientException(Exception inner) : IOException(inner.Message, inner);
