namespace Meridian.Dns.Signing;

/// <summary>The signatures over one record set: one, or several while a key-signing key is being rolled.</summary>
/// <param name="Data">Data of each RRSIG record.</param>
/// <param name="RenewAt">When they are renewed, in Unix seconds.</param>
/// <param name="ExpiresAt">When they expire, in Unix seconds.</param>
internal sealed record Signatures(byte[][] Data, long RenewAt, long ExpiresAt)
{
    /// <summary>Whether they were used since the last check for renewal.</summary>
    public bool Used { get; set; } = true;
}
