namespace Meridian.Dns.Transfers;

/// <summary>A transfer that did not come about; the message says why.</summary>
public sealed class TransferException(string message) : Exception(message);
