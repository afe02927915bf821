namespace Meridian.Health.Probes;

/// <summary>The certificate was refused; the message says why.</summary>
internal sealed class TlsRefusedException(string message) : Exception(message);
