namespace Meridian.Dns.Signing;

/// <summary>The signatures over one record set: one, or several while keys that sign keys are rolled.</summary>
/// <param name="Data">Data of each RRSIG record.</param>
/// <param name="RenewAt">Unix seconds from which on they are made anew.</param>
/// <param name="ExpiresAt">Unix seconds from which on they are worth nothing.</param>
internal sealed record Signatures(byte[][] Data, long RenewAt, long ExpiresAt)
{
    /// <summary>Whether they were given out since they were last looked at for renewal.</summary>
    public bool Used { get; set; } = true;
}
