using Meridian.Dns.Records;
using Meridian.Dns.Wire;

namespace Meridian.Dns.Tests.Records;

/// <summary>The test vectors of RFC 9460 appendix D, and what they leave open.</summary>
public sealed class ServiceParameterTests
{
    private const string Foo = "03666F6F" + "076578616D706C65" + "03636F6D" + "00";
    private const string FooOrg = "03666F6F" + "076578616D706C65" + "036F7267" + "00";

    [Theory]
    [InlineData("0 foo.example.com.", "0000" + Foo)]
    [InlineData("1 .", "000100")]
    [InlineData("16 foo.example.com. port=53", "0010" + Foo + "000300020035")]
    [InlineData("1 foo.example.com. key667=hello", "0001" + Foo + "029B0005" + "68656C6C6F")]
    [InlineData("1 foo.example.com. key667=\"hello\\210qoo\"", "0001" + Foo + "029B0009" + "68656C6C6FD2716F6F")]
    [InlineData("1 foo.example.com. ( ipv6hint=\"2001:db8::1,2001:db8::53:1\" )",
        "0001" + Foo + "00060020" + "20010DB8000000000000000000000001" + "20010DB8000000000000000000530001")]
    [InlineData("1 example.com. ( ipv6hint=\"2001:db8:122:344::192.0.2.33\" )",
        "0001" + "076578616D706C6503636F6D00" + "00060010" + "20010DB80122034400000000C0000221")]
    [InlineData("16 foo.example.org. ( alpn=h2,h3-19 mandatory=ipv4hint,alpn ipv4hint=192.0.2.1 )",
        "0010" + FooOrg + "0000000400010004" + "0001000902683205" + "68332D3139" + "00040004C0000201")]
    [InlineData("16 foo.example.org. alpn=\"f\\\\\\\\oo\\\\,bar,h2\"",
        "0010" + FooOrg + "0001000C" + "08665C6F6F2C626172" + "026832")]
    [InlineData("16 foo.example.org. alpn=f\\\\\\092oo\\092,bar,h2",
        "0010" + FooOrg + "0001000C" + "08665C6F6F2C626172" + "026832")]
    public void Reads_the_vectors_of_RFC_9460_appendix_D(string text, string hex) =>
        Assert.Equal(hex, Convert.ToHexString(Read(text).Data!));

    [Theory]
    [InlineData("1 foo.example.com. ( key123=abc key123=def )", "given twice")]
    [InlineData("1 foo.example.com. mandatory", "`` is not a value")]
    [InlineData("1 foo.example.com. alpn", "`` is not a value")]
    [InlineData("1 foo.example.com. port", "`` is not a value")]
    [InlineData("1 foo.example.com. ipv4hint", "`` is not a value")]
    [InlineData("1 foo.example.com. ipv6hint", "`` is not a value")]
    [InlineData("1 foo.example.com. no-default-alpn=abc", "`abc` is not a value")]
    [InlineData("1 foo.example.com. mandatory=key123", "a parameter that is not given")]
    [InlineData("1 foo.example.com. mandatory=mandatory", "`mandatory` is not a value")]
    [InlineData("1 foo.example.com. ( mandatory=key123,key123 key123=abc )", "`key123,key123` is not a value")]
    [InlineData("1 . alpn=a\\\\\\\\b", null)]
    [InlineData("1 . alpn=a\\\\b", "is not a value")] // a lone backslash in a list
    [InlineData("1 . alpn=a,,b", "is not a value")]
    [InlineData("1 . alpn=\\300", "wrong escape")]
    [InlineData("1 . key01=a", "not a service parameter")]
    [InlineData("1 . key65535=a", "not a service parameter")]
    public void Refuses_what_RFC_9460_appendix_D_refuses(string text, string? error)
    {
        if (error is null)
            Assert.NotNull(Read(text).Data);
        else
            Assert.Contains(error, Read(text).Error);
    }

    // RFC 9460 section 2.4.2: "SHOULD NOT include any SvcParams, and recipients MUST ignore any that are present".
    [Theory]
    [InlineData("0 foo.example.com. alpn=h2 port=53", "0000" + Foo + "00010003026832" + "000300020035")]
    [InlineData("0 foo.example.com. no-default-alpn", "0000" + Foo + "00020000")]
    [InlineData("0 foo.example.com. mandatory=port", "0000" + Foo + "000000020003")]
    public void Keeps_the_parameters_of_an_alias_that_nobody_reads(string text, string hex) =>
        Assert.Equal(hex, Convert.ToHexString(Read(text).Data!));

    private static (byte[]? Data, string? Error) Read(string text)
    {
        Assert.True(MasterToken.TrySplit(text, out var tokens, out var error), error);
        RDataParser.TryParse(RecordType.SVCB, tokens, DnsName.Root, strict: false, out var data, out error);
        return (data, error);
    }
}
