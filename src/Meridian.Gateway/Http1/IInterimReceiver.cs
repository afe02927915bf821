namespace Meridian.Gateway.Http1;

/// <summary>Gets the interim answers that come before the final one (RFC 9110 section 15.2).</summary>
internal interface IInterimReceiver
{
    ValueTask ReceiveAsync(ResponseHead head);
}
