using System.Collections.Immutable;
using Meridian.Dns.Steered;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Support;

/// <summary>A steered name that always says the same, and remembers who asked.</summary>
internal sealed class FixedSteered : ISteeredName
{
    public SteeredKind Kind { get; init; } = SteeredKind.Addresses;

    public byte[] Data { get; init; } = [10, 0, 0, 2, 10, 0, 0, 1];

    public DnsName? Target { get; init; }

    public byte Scope { get; init; } = 20;

    public uint Ttl { get; init; } = 5;

    public ExtendedError Error { get; init; } = ExtendedError.None;

    public ImmutableArray<RecordType> Types { get; init; } = [RecordType.A, RecordType.AAAA];

    public (string Client, int Bits, bool FromSubnet) Asked { get; private set; }

    /// <summary>How often it was asked.</summary>
    public int Times { get; private set; }

    public SteeredReply Answer(scoped in SteeredQuestion question, Span<byte> buffer)
    {
        Times++;
        Asked = (new System.Net.IPAddress(question.Client).ToString(), question.ClientBits, question.FromSubnet);
        var kind = Kind == SteeredKind.Addresses && question.Type != RecordType.A ? SteeredKind.NoData : Kind;
        return new SteeredReply(kind, Ttl, Scope)
        {
            MaxTtl = 60,
            Addresses = Data,
            Record = Data,
            Target = Target,
            Error = Error,
        };
    }
}
