using Meridian.Acceptance.Support;

namespace Meridian.Acceptance;

/// <summary>The rules of the DNS section, asked by <c>dig</c> and <c>kdig</c> of the real program.</summary>
public sealed class DigTests : IAsyncLifetime
{
    private readonly TestNode _node = new("""
        apiVersion: meridian.dev/v1alpha1
        kind: Zone
        metadata: {name: z}
        spec:
          origin: example.org
          nameServers: [{name: ns1.example.org, addresses: [192.0.2.53]}]
          soa: {serial: 7, negativeTtl: 30s}
          records:
            - {name: www, type: A, data: [192.0.2.80]}
            - {name: alias, type: CNAME, data: [www]}
            - {name: "*.wild", type: TXT, data: ["\"any of them\""]}
            - {name: a.empty, type: A, data: [192.0.2.1]}
            - {name: sub, type: NS, data: [ns.sub.example.org.]}
            - {name: ns.sub, type: A, data: [192.0.2.54]}
            - {name: svc, type: HTTPS, data: ["1 . alpn=h2,h3 port=8443"]}
            - {name: caa, type: CAA, data: ["0 issue \"ca.example.net\""]}
            - {name: odd, type: TYPE65280, data: ["\\# 2 0102"]}
            - {name: old, type: DNAME, data: [new.example.net.]}
            - {name: big, type: TXT, data: ["BIG1", "BIG2", "BIG3", "BIG4", "BIG5", "BIG6", "BIG7", "BIG8"]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: AddressPool
        metadata: {name: p}
        spec: {addresses: [{value: 192.0.2.1}, {value: "2001:db8::1"}]}
        ---
        apiVersion: meridian.dev/v1alpha1
        kind: GlobalEndpoint
        metadata: {name: e}
        spec: {hostname: app.example.org, pools: [{pool: p}]}
        """.Replace("BIG", new string('x', 200)));

    public async ValueTask InitializeAsync() => await _node.StartAsync();

    public ValueTask DisposeAsync() => _node.DisposeAsync();

    [Theory]
    [InlineData("www.example.org A", "status: NOERROR", "flags: qr aa rd;", "192.0.2.80")]
    [InlineData("wWw.ExAmPlE.org A", "wWw.ExAmPlE.org.")]
    [InlineData("alias.example.org A", "CNAME\twww.example.org.", "192.0.2.80")]
    [InlineData("x.wild.example.org TXT", "x.wild.example.org.", "\"any of them\"")]
    [InlineData("empty.example.org A", "status: NOERROR", "ANSWER: 0", "hostmaster.example.org. 7 3600")]
    [InlineData("nothing.example.org A", "status: NXDOMAIN", "\t30\tIN\tSOA")]
    [InlineData("host.sub.example.org A", "flags: qr rd;", "ns.sub.example.org.", "192.0.2.54")]
    [InlineData("svc.example.org HTTPS", "alpn=\"h2,h3\" port=8443")]
    [InlineData("caa.example.org CAA", "0 issue \"ca.example.net\"")]
    [InlineData("odd.example.org TYPE65280", "\\# 2 0102")]
    [InlineData("x.old.example.org A", "DNAME\tnew.example.net.", "CNAME\tx.new.example.net.")]
    [InlineData("www.example.net A", "status: REFUSED", "EDE: 20 (Not Authoritative)")]
    [InlineData("www.example.org ANY +notcp", "HINFO\t\"RFC8482\"")]
    [InlineData("www.example.org A +edns=1 +noednsneg", "status: BADVERS")]
    [InlineData("www.example.org A +nsid", "NSID: 74 65 73 74")]
    [InlineData("www.example.org A +subnet=198.51.100.0/24", "CLIENT-SUBNET: 198.51.100.0/24/0")]
    [InlineData("big.example.org TXT +ignore", "flags: qr aa tc rd;")]
    [InlineData("big.example.org TXT", "Truncated, retrying in TCP mode", "ANSWER: 8")]
    [InlineData("www.example.org A +tcp", "status: NOERROR", "192.0.2.80")]
    [InlineData("www.example.org A +opcode=STATUS", "status: NOTIMP")]
    [InlineData("example.org AXFR", "Transfer failed")]
    [InlineData("version.bind TXT CH", "status: REFUSED")]
    [InlineData("app.example.org AAAA", "2001:db8::1")]
    [InlineData("app.example.org MX", "status: NOERROR", "ANSWER: 0", "SOA")]
    public async Task Dig_sees(string query, params string[] wanted)
    {
        Assert.SkipUnless(Run.Has("dig"), "dig is not installed; on Debian: apt-get install bind9-dnsutils");

        var run = await Run.ProgramAsync("dig",
            ["@127.0.0.1", "-p", $"{_node.DnsPort}", "+tries=1", "+time=3", .. query.Split(' ')]);

        Assert.All(wanted, w => Assert.Contains(w, run.Output));
    }

    [Fact]
    public async Task Kdig_gets_several_answers_on_one_connection()
    {
        Assert.SkipUnless(Run.Has("kdig"), "kdig is not installed; on Debian: apt-get install knot-dnsutils");

        var run = await Run.ProgramAsync("kdig", "@127.0.0.1", "-p", $"{_node.DnsPort}", "+tcp", "+keepopen",
            "www.example.org", "A", "alias.example.org", "A");

        Assert.Equal(2, run.Output.Split("status: NOERROR").Length - 1);
    }
}
