namespace Meridian.Dns.Steered;

/// <summary>
/// A name whose addresses are chosen per query. Called from several threads at once; must not block, throw or allocate.
/// </summary>
public interface ISteeredName
{
    /// <param name="question">Who asks for what.</param>
    /// <param name="buffer">Room for 64 IPv6 addresses, for a choice that does not lie ready.</param>
    SteeredReply Answer(scoped in SteeredQuestion question, Span<byte> buffer);
}
