using Meridian.Addresses;

namespace Meridian.Tunnel.Wire;

/// <summary>The tunnel is refused.</summary>
/// <param name="Reason">Why, as a sentence for a person.</param>
/// <param name="IsPermanent">Whether dialling again is of no use until a person has done something.</param>
/// <param name="RetryAfter">Seconds to wait before dialling again; 0 where the agent decides.</param>
public sealed record Refusal(string Reason, bool IsPermanent, double RetryAfter)
{
    private const int MaxReason = 500;

    /// <inheritdoc cref="Refusal(string, bool, double)" path="/param[@name='Reason']"/>
    public string Reason { get; init; } = DisplayText.Bound(Reason, MaxReason);
}
