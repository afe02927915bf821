using System.Text.Json.Serialization;
using Meridian.Model.Verdicts;

namespace Meridian.Api.Contracts;

/// <summary>An override that somebody asks for.</summary>
/// <param name="Target"><c>address/POOL/VALUE</c>, <c>pool/NAME</c> or <c>site/NAME</c>; <c>*</c> stands for any
/// characters.</param>
/// <param name="State">The state that its addresses get. A request without one is refused.</param>
/// <param name="Reason">Why, in 1 to 500 characters.</param>
/// <param name="Author">Who asks for it, in 1 to 100 characters.</param>
/// <param name="Seconds">How long it stands, above zero and at most ten years; null until it is cleared.</param>
/// <param name="Force">Set it even if it leaves an endpoint without anything that is up.</param>
/// <param name="Local">While the store that nodes share is away: set it at this node alone, for an hour at
/// most.</param>
public sealed record OverrideRequest(string Target, [property: JsonRequired] OverrideState State, string Reason,
    string Author, double? Seconds, bool Force = false,
    bool Local = false);
