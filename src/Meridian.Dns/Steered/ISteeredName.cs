namespace Meridian.Dns.Steered;

/// <summary>
/// A name whose addresses are chosen per query. Called from several threads at once; must not block, throw or allocate.
/// </summary>
public interface ISteeredName
{
    /// <param name="question">Who asks for what.</param>
    /// <param name="addresses">Takes the chosen addresses, 4 octets each for A and 16 for AAAA, one after the other.</param>
    SteeredReply Answer(in SteeredQuestion question, Span<byte> addresses);
}
