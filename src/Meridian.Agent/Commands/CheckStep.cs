namespace Meridian.Agent.Commands;

/// <summary>What one step of <c>meridian-agent check</c> has found.</summary>
/// <param name="What">The step.</param>
/// <param name="Where">The gateway or service; <c>-</c> for none.</param>
/// <param name="Ok">Whether it is as it should be.</param>
/// <param name="Detail">What was found.</param>
internal sealed record CheckStep(string What, string Where, bool Ok, string Detail);
