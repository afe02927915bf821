namespace Meridian.Tunnel.Tests.Support;

/// <summary>The system's clock, earlier or later by a span.</summary>
internal sealed class ShiftedTime(TimeSpan shift) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + shift;
}
