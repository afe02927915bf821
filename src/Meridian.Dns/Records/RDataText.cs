using System.Buffers.Binary;
using System.Collections.Immutable;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Records;

/// <summary>
/// The data of one record in master-file form while its fields are read: the tokens that are left, the octets so far,
/// and the first fault.
/// </summary>
/// <param name="tokens">What stands behind the record's type.</param>
/// <param name="origin">Completes names that have no closing dot.</param>
/// <param name="isStrict">Whether a name of several labels must have a closing dot.</param>
internal sealed class RDataText(ImmutableArray<MasterToken> tokens, DnsName origin, bool isStrict)
{
    private readonly List<byte> _data = [];
    private int _next;

    public DnsName Origin => origin;

    public bool IsStrict => isStrict;

    /// <summary>What is wrong; null as long as nothing is.</summary>
    public string? Error { get; private set; }

    /// <summary>Whether reading is over: no token is left, or there is a fault.</summary>
    public bool IsDone => Error is not null || _next >= tokens.Length;

    /// <summary>The octets so far.</summary>
    public byte[] Data => [.. _data];

    /// <summary>The next token, or a fault that names what is missing.</summary>
    public MasterToken? Next(string wanted)
    {
        if (Error is not null)
            return null;
        if (_next < tokens.Length)
            return tokens[_next++];
        Fail($"{wanted} is missing");
        return null;
    }

    /// <summary>Everything that is left, as one text: hexadecimal digits and base64 may be in several words.</summary>
    public string? Rest(string wanted)
    {
        if (Error is not null)
            return null;
        if (_next >= tokens.Length)
        {
            Fail($"{wanted} is missing");
            return null;
        }

        var text = string.Concat(tokens.Skip(_next).Select(t => t.Text));
        _next = tokens.Length;
        return text;
    }

    public void Fail(string error) => Error ??= error;

    public void Add(ReadOnlySpan<byte> octets) => _data.AddRange(octets);

    public void AddNumber(ulong number, int octets)
    {
        Span<byte> bytes = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(bytes, number);
        _data.AddRange(bytes[(8 - octets)..]);
    }
}
