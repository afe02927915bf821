using System.Collections.Immutable;

namespace Meridian.Steering.Explaining;

/// <summary>The answer itself.</summary>
/// <param name="Kind">Addresses, Alias, NoData or Failure.</param>
/// <param name="Values">The addresses or the alias.</param>
/// <param name="Ttl">Time to live in seconds.</param>
/// <param name="TtlReason">Why that.</param>
/// <param name="ScopeBits">The widest client prefix for which the answer is the same.</param>
/// <param name="ByChance">Whether another query may get another answer.</param>
public sealed record AnswerExplanation(
    string Kind, ImmutableArray<string> Values, int Ttl, string TtlReason, int ScopeBits, bool ByChance);
