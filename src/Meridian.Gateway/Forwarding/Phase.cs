namespace Meridian.Gateway.Forwarding;

/// <summary>How far a request had come when an address failed.</summary>
public enum Phase
{
    /// <summary>No connection yet.</summary>
    Connect,

    /// <summary>The request was being sent.</summary>
    Send,

    /// <summary>It was sent, and no answer had begun.</summary>
    FirstByte,

    /// <summary>The answer had begun, and the client may have seen a part of it.</summary>
    Body,
}
