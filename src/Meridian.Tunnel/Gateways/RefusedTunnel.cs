namespace Meridian.Tunnel.Gateways;

/// <summary>A tunnel that was refused.</summary>
/// <param name="At">When.</param>
/// <param name="From">Who dialled, as <c>address:port</c>.</param>
/// <param name="Reason">Why.</param>
public sealed record RefusedTunnel(DateTimeOffset At, string From, string Reason);
