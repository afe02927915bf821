using System.Buffers.Binary;

namespace Meridian.Dns.Records.Fields;

/// <summary>The parameters of SVCB and HTTPS records (RFC 9460 section 2.1 and appendix A), in any order.</summary>
internal sealed class ServiceParametersField() : RDataField("a parameter")
{
    private const int HeaderLength = 4;

    public override void Read(RDataText text)
    {
        // Section 2.4.2: parameters beside priority 0 are ignored by who reads them, so that they need not agree.
        var isAlias = text.Data is [0, 0, ..];
        var parameters = new SortedDictionary<int, byte[]>();
        while (!text.IsDone && text.Next(Wanted) is { } token)
            Read(text, token, parameters);
        if (!isAlias)
            CheckAgreement(text, parameters);
        foreach (var (key, value) in parameters)
        {
            text.AddNumber((ulong)key, 2);
            text.AddNumber((ulong)value.Length, 2);
            text.Add(value);
        }
    }

    public override int LengthOf(ReadOnlySpan<byte> rest)
    {
        var length = 0;
        while (length < rest.Length)
        {
            if (rest.Length - length < HeaderLength)
                return -1;
            length += HeaderLength + BinaryPrimitives.ReadUInt16BigEndian(rest[(length + 2)..]);
        }

        return length;
    }

    private static void Read(RDataText text, MasterToken token, SortedDictionary<int, byte[]> parameters)
    {
        var equals = token.Text.IndexOf('=', StringComparison.Ordinal);
        var name = new MasterToken(equals < 0 ? token.Text : token.Text[..equals], false);
        var value = new MasterToken(equals < 0 ? "" : token.Text[(equals + 1)..], true);
        if (!ServiceParameter.TryKey(name.Text, out var key))
            text.Fail($"`{name}` is not a service parameter; there are {ServiceParameter.Known} and keyNNNNN");
        else if (parameters.ContainsKey(key))
            text.Fail($"parameter `{name}` is given twice");
        else if (!value.TryDecode(out var octets))
            text.Fail(value.EscapeFault);
        else if (ServiceParameter.Encode(key, octets) is not { } encoded)
            text.Fail($"`{value}` is not a value of parameter `{name}`");
        else
            parameters[key] = encoded;
    }

    /// <summary>
    /// RFC 9460 section 8: what <c>mandatory</c> lists must be there, and <c>no-default-alpn</c> needs <c>alpn</c>.
    /// </summary>
    private static void CheckAgreement(RDataText text, SortedDictionary<int, byte[]> parameters)
    {
        if (parameters.ContainsKey(ServiceParameter.NoDefaultAlpn) && !parameters.ContainsKey(ServiceParameter.Alpn))
            text.Fail("`no-default-alpn` needs `alpn`");
        if (!parameters.TryGetValue(ServiceParameter.Mandatory, out var mandatory))
            return;
        for (var i = 0; i < mandatory.Length; i += 2)
        {
            if (!parameters.ContainsKey((mandatory[i] << 8) | mandatory[i + 1]))
                text.Fail("`mandatory` lists a parameter that is not given");
        }
    }
}
