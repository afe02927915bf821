using Meridian.Model.Verdicts;

namespace Meridian.Api.Contracts;

/// <summary>A person's wish.</summary>
/// <param name="Target"><c>address/POOL/VALUE</c>, <c>pool/NAME</c> or <c>site/NAME</c>; <c>*</c> stands for any
/// characters.</param>
/// <param name="State">What to say of it.</param>
/// <param name="Reason">Why.</param>
/// <param name="Author">Who says so.</param>
/// <param name="Seconds">For how long; null until it is cleared.</param>
public sealed record OverrideRequest(string Target, OverrideState State, string Reason, string Author, double? Seconds);
