namespace Meridian.Model.Resources;

/// <summary>
/// What the work of a request is counted in; told from the length of its body, before an address has seen it.
/// </summary>
public enum WorkUnit
{
    /// <summary>Each request is one.</summary>
    Requests,

    /// <summary>Tokens of a prompt: four octets each.</summary>
    Tokens,

    /// <summary>Characters of a text: an octet each.</summary>
    Characters,

    /// <summary>Seconds of speech: 32,000 octets each (16 kHz, 16 bits, one channel).</summary>
    AudioSeconds,
}
