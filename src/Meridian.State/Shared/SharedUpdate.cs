using System.Collections.Immutable;

namespace Meridian.State.Shared;

/// <summary>A newer snapshot, and the keys in which it differs from the one before.</summary>
/// <param name="Before">What was known before.</param>
/// <param name="Now">What is known now.</param>
/// <param name="Keys">Keys that were written or deleted; each once.</param>
public sealed record SharedUpdate(SharedSnapshot Before, SharedSnapshot Now, ImmutableArray<string> Keys);
