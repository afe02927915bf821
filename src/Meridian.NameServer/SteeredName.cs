using System.Collections.Frozen;
using Meridian.Dns.Steered;
using Meridian.Dns.Wire;
using Meridian.Steering.Plans;

namespace Meridian.NameServer;

/// <summary>Answers DNS queries for one endpoint from the steering table that is current.</summary>
internal sealed class SteeredName(SteeringHandle handle, int index, FrozenDictionary<string, DnsName> aliases) : ISteeredName
{
    private const int MaxAddresses = 64;

    public SteeredReply Answer(scoped in SteeredQuestion question, Span<byte> buffer)
    {
        var plan = handle.Current.Endpoints[index];
        var now = question.Now;
        var kind = question.Type switch { RecordType.A => AddressKind.V4, RecordType.AAAA => AddressKind.V6, _ => AddressKind.Name };
        var client = new ClientView(question.Client, question.ClientBits);
        var ttl = plan.TtlSeconds(now);
        if (plan.TryChooseReady(kind, client, question.Draw, now, out var ready, out var scope))
            return new SteeredReply(SteeredKind.Addresses, ttl, scope) { Addresses = ready, MaxTtl = plan.MaxTtlSeconds };
        Span<Pick> picks = stackalloc Pick[MaxAddresses];
        var choice = plan.Choose(kind, client, question.Draw, now, picks);
        switch (choice.Outcome)
        {
            case Outcome.Addresses:
                var length = 0;
                foreach (var pick in picks[..choice.Count])
                {
                    var bytes = AddressOf(plan, pick).Bytes;
                    bytes.CopyTo(buffer[length..]);
                    length += bytes.Length;
                }

                return new SteeredReply(SteeredKind.Addresses, ttl, choice.ScopeBits) 
                {
                    Addresses = buffer[..length], MaxTtl = plan.MaxTtlSeconds, Error = ErrorOf(choice, plan),
                };
            case Outcome.Alias:
                return new SteeredReply(SteeredKind.Alias, ttl, choice.ScopeBits)
                {
                    MaxTtl = plan.MaxTtlSeconds,
                    Target = aliases[AddressOf(plan, picks[0]).Value],
                    Error = ErrorOf(choice, plan),
                };
            case Outcome.NoData:
                return new SteeredReply(SteeredKind.NoData, ttl, choice.ScopeBits);
            default:
                return new SteeredReply(SteeredKind.ServerFailure, ttl, choice.ScopeBits) { Error = ExtendedError.NotReady };
        }
    }

    private static AddressShape AddressOf(EndpointPlan plan, Pick pick) =>
        pick.Pool < 0 ? plan.Shape.Fallback[pick.Address] : plan.Pools[pick.Pool].Addresses[pick.Address].Shape;

    // RFC 8914 section 4.4: resolvers and people may know that the answer is not based on what is true now.
    private static ExtendedError ErrorOf(Choice choice, EndpointPlan plan) =>
        choice.AllDown && plan.Endpoint.WhenAllDown == Model.Resources.WhenAllDown.LastKnownGood ? ExtendedError.StaleAnswer : ExtendedError.None;
}
