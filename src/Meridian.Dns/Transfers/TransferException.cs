namespace Meridian.Dns.Transfers;

/// <summary>A transfer failed; the message says why.</summary>
public sealed class TransferException(string message) : Exception(message);
