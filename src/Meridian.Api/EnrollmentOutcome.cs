using Meridian.Api.Contracts;

namespace Meridian.Api;

/// <summary>What asking for a code has led to: exactly one of the three is not null.</summary>
/// <param name="Code">The code.</param>
/// <param name="Refusal">Why there is no code for this agent at this node.</param>
/// <param name="StoreFault">Why the code could not be stored, so that it is not given out.</param>
public sealed record EnrollmentOutcome(Enrollment? Code, string? Refusal, string? StoreFault);
