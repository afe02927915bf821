namespace Meridian.Gateway.Upstreams;

/// <summary>An address has said that it has not processed a request whose body has gone.</summary>
internal sealed class NotProcessedException() : IOException("the address has not processed the request");
