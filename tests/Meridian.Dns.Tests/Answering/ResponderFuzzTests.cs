using CsCheck;
using Meridian.Dns.Answering;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Answering;

/// <summary>Hostile octets. <c>MERIDIAN_FUZZ_SECONDS</c> makes each property run longer.</summary>
public sealed class ResponderFuzzTests
{
    private static readonly int Seconds = int.TryParse(Environment.GetEnvironmentVariable("MERIDIAN_FUZZ_SECONDS"),
        out var s) ? s : 3;

    private static readonly Gen<byte[]> Query =
        from label in Any.Of("www", "x.wild", "host.sub", "x.moved", "chain", "loop", "nothing", "*", "")
        from type in Gen.OneOf(Any.Of<ushort>(1, 2, 5, 6, 15, 16, 28, 43, 255, 252), Gen.UShort)
        from flags in Gen.OneOf(Any.Of<ushort>(0x0100), Gen.UShort)
        from edns in Gen.Bool
        from option in Gen.Byte.Array[0, 24]
        from code in Any.Of<ushort>(3, 8, 15, 10, 65001)
        select Build(label, type, flags, edns, code, option);

    [Fact]
    public void Any_octets_get_a_well_formed_response_or_silence() =>
        Gen.Byte.Array[0, 600].Sample(WellFormed, time: Seconds);

    [Fact]
    public void Queries_with_octets_changed_get_a_well_formed_response_or_silence() =>
        Gen.Select(Query, Gen.Int[0, 400], Gen.Byte, Gen.Int[0, 400], Gen.Byte)
        .Sample((query, at, value, at2, value2) =>
        {
            query[at % query.Length] = value;
            query[at2 % query.Length] = value2;
            WellFormed(query);
        }, time: Seconds);

    [Fact]
    public void Kept_inputs_get_a_well_formed_response_or_silence()
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Corpus", "messages"));
        Assert.NotEmpty(files);
        foreach (var file in files)
            WellFormed(Convert.FromHexString(File.ReadAllText(file).ReplaceLineEndings("").Replace(" ", "")));
    }

    private static byte[] Build(string label, ushort type, ushort flags, bool edns, ushort code, byte[] option)
    {
        var query = new QueryBuilder(label.Length == 0 ? "example.org" : $"{label}.example.org",
            (RecordType)type)
        { Flags = flags };
        return edns ? query.Option(code, option).Build() : query.Build();
    }

    private static void WellFormed(byte[] query)
    {
        var response = new byte[Responder.MaxResponse];
        var requester = new Requester([198, 51, 100, 7], Transport.Udp, 7, DateTimeOffset.UtcNow);
        var summary = new Responder(new ResponderOptions { Nsid = "n" })
            .Respond(TestZones.ExampleSet, query, response, requester);
        if (summary.Length == 0)
            return;
        Assert.InRange(summary.Length, 12, 1232);
        var reply = Reply.Parse(response.AsSpan(0, summary.Length));
        Assert.Equal((query[0] << 8) | query[1], reply.Id);
        Assert.True((reply.Flags & 0x8000) != 0);
    }
}
