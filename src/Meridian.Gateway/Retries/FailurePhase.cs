namespace Meridian.Gateway.Retries;

/// <summary>How far a request had come when an address failed it.</summary>
public enum FailurePhase
{
    /// <summary>There was no connection yet.</summary>
    Connect,

    /// <summary>The request was being sent.</summary>
    Send,

    /// <summary>The request was sent, and no answer had begun.</summary>
    FirstByte,

    /// <summary>The answer had begun, and the client may have seen a part of it.</summary>
    Body,
}
