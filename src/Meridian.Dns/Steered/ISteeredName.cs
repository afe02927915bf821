using System.Collections.Immutable;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Steered;

/// <summary>
/// A name whose addresses are chosen per query. Called from several threads at once; must not block, throw or allocate.
/// </summary>
public interface ISteeredName
{
    /// <summary>The record types that it may have an answer for.</summary>
    ImmutableArray<RecordType> Types { get; }

    /// <summary>Chooses the answer for one client.</summary>
    /// <param name="question">The client and the type that it asks for.</param>
    /// <param name="buffer">
    /// <see cref="SteeredReply.MaxData"/> octets, which hold the data of an answer that is not prepared.
    /// </param>
    SteeredReply Answer(scoped in SteeredQuestion question, Span<byte> buffer);
}
