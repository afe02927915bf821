using System.Collections.Immutable;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Steered;

/// <summary>
/// A name whose addresses are chosen per query. Called from several threads at once; must not block, throw or allocate.
/// </summary>
public interface ISteeredName
{
    /// <summary>The types that it may have an answer for.</summary>
    ImmutableArray<RecordType> Types { get; }

    /// <param name="question">Who asks for what.</param>
    /// <param name="buffer">Room of <see cref="SteeredReply.MaxData"/> octets, for an answer that does not lie
    /// ready.</param>
    SteeredReply Answer(scoped in SteeredQuestion question, Span<byte> buffer);
}
