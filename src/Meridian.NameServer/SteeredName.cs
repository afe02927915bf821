using System.Collections.Frozen;
using System.Collections.Immutable;
using Meridian.Dns.Steered;
using Meridian.Dns.Wire;
using Meridian.Steering.Plans;

namespace Meridian.NameServer;

/// <summary>Answers DNS queries for one endpoint from the current steering table.</summary>
internal sealed class SteeredName(SteeringHandle handle, int index, FrozenDictionary<string, DnsName> aliases,
    ServiceBinding? binding) : ISteeredName
{
    private const int MaxAddresses = 64;

    public ImmutableArray<RecordType> Types { get; } =
        binding is null ? [RecordType.A, RecordType.AAAA] : [RecordType.A, RecordType.AAAA, RecordType.HTTPS];

    /// <summary>What its HTTPS record says besides addresses; null where it has none.</summary>
    public ServiceBinding? Binding => binding;

    public SteeredReply Answer(scoped in SteeredQuestion question, Span<byte> buffer)
    {
        var plan = handle.Current.Endpoints[index];
        var now = question.Now;
        var kind = question.Type switch
        {
            RecordType.A => AddressKind.V4,
            RecordType.AAAA => AddressKind.V6,
            _ => AddressKind.Name,
        };
        var client = new ClientView(question.Client, question.ClientBits);
        var ttl = plan.TtlSeconds(now);
        if (plan.TryChooseReady(kind, client, question.Draw, now, out var ready, out var scope))
            return new SteeredReply(SteeredKind.Addresses, ttl, scope)
            {
                Addresses = ready,
                MaxTtl = plan.MaxTtlSeconds,
            };
        if (question.Type == RecordType.HTTPS && binding is not null)
            return AnswerBinding(plan, client, question, ttl, buffer);
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
                    Addresses = buffer[..length],
                    MaxTtl = plan.MaxTtlSeconds,
                    Error = ErrorOf(choice, plan),
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
                return new SteeredReply(SteeredKind.ServerFailure, ttl, choice.ScopeBits)
                {
                    Error = ExtendedError.NotReady,
                };
        }
    }

    // The hints are the addresses that the client would get for A and AAAA; where those are an alias, so is this.
    private SteeredReply AnswerBinding(EndpointPlan plan, scoped in ClientView client,
        scoped in SteeredQuestion question, uint ttl, Span<byte> buffer)
    {
        Span<Pick> v4 = stackalloc Pick[MaxAddresses];
        Span<Pick> v6 = stackalloc Pick[MaxAddresses];
        var first = plan.Choose(AddressKind.V4, client, question.Draw, question.Now, v4);
        var second = plan.Choose(AddressKind.V6, client, question.Draw, question.Now, v6);
        var scope = Math.Max(first.ScopeBits, second.ScopeBits);
        if (first.Outcome == Outcome.Alias)
            return new SteeredReply(SteeredKind.Alias, ttl, scope)
            {
                MaxTtl = plan.MaxTtlSeconds,
                Target = aliases[AddressOf(plan, v4[0]).Value],
            };
        if (first.Outcome == Outcome.Failure)
            return new SteeredReply(SteeredKind.ServerFailure, ttl, scope) { Error = ExtendedError.NotReady };
        if (first.Outcome != Outcome.Addresses && second.Outcome != Outcome.Addresses)
            return new SteeredReply(SteeredKind.NoData, ttl, scope);

        var writer = new ServiceBindingWriter(buffer);
        binding!.Begin(ref writer);
        if (binding.Hints && first.Outcome == Outcome.Addresses)
            Hint(ref writer, ServiceBindingWriter.Ipv4Hint, plan, v4[..first.Count]);
        if (binding.Hints && second.Outcome == Outcome.Addresses)
            Hint(ref writer, ServiceBindingWriter.Ipv6Hint, plan, v6[..second.Count]);
        return new SteeredReply(SteeredKind.Record, ttl, scope)
        {
            MaxTtl = plan.MaxTtlSeconds,
            Record = buffer[..writer.Length],
            Error = ErrorOf(first, plan),
        };
    }

    private static void Hint(ref ServiceBindingWriter writer, ushort key, EndpointPlan plan,
        scoped ReadOnlySpan<Pick> picks)
    {
        writer.Begin(key);
        foreach (var pick in picks)
            writer.Add(AddressOf(plan, pick).Bytes);
        writer.End();
    }

    private static AddressShape AddressOf(EndpointPlan plan, Pick pick) =>
        pick.Pool < 0 ? plan.Shape.Fallback[pick.Address] : plan.Pools[pick.Pool].Addresses[pick.Address].Shape;

    // RFC 8914 section 4.4: tells resolvers and people that the answer does not reflect the current state.
    private static ExtendedError ErrorOf(SteeringDecision choice, EndpointPlan plan) =>
        choice.AllDown && plan.Endpoint.WhenAllDown == Model.Resources.WhenAllDown.LastKnownGood
        ? ExtendedError.StaleAnswer : ExtendedError.None;
}
