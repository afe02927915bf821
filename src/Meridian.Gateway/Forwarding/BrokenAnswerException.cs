namespace Meridian.Gateway.Forwarding;

/// <summary>
/// Ends an answer without an end, after what has been written: Kestrel closes the connection, or resets the stream of
/// HTTP/2, when the application fails. Its abort would throw away what is still on its way.
/// </summary>
internal sealed class BrokenAnswerException(string reason) : Exception(reason);
