namespace Meridian.Model.Tests.Validation;

public sealed class GlobalEndpointRulesTests
{
    [Theory]
    [InlineData("hostname: a.example.org")]
    [InlineData("hostname: A.Example.Org.")]
    [InlineData("hostname: \"*.example.org\"")]
    [InlineData("hostname: example.org")] // addresses may stand at the origin
    [InlineData("hostname: text.example.org")] // and beside a TXT record
    [InlineData("hostname: www.www.example.org")]
    public void A_sound_name(string hostname) =>
        RuleCheck.IsSound("GlobalEndpoint", $"{{{hostname}, policy: Failover, pools: [{{pool: p}}]}}");

    [Theory]
    [InlineData("-a.example.org", "p", "`-a.example.org`: label `-a` starts or ends with `-`")]
    [InlineData("a.example.com", "p",
        "`a.example.com` is outside every zone; there are example.org, inner.example.org")]
    [InlineData("badexample.org", "p",
        "`badexample.org` is outside every zone; there are example.org, inner.example.org")]
    [InlineData("First.example.org", "p", "`first.example.org` already belongs to GlobalEndpoint `first`")]
    [InlineData("www.example.org", "p",
        "`www.example.org` is owned twice: Zone `z` has a A record there (f.yaml:5:128)")]
    [InlineData("old.example.org", "p",
        "`old.example.org` is owned twice: Zone `z` has a CNAME record there (f.yaml:5:170)")]
    [InlineData("www.inner.example.org", "p",
        "`www.inner.example.org` is owned twice: Zone `inner` has a AAAA record there (f.yaml:10:84)")]
    [InlineData("ns1.example.org", "p", "`ns1.example.org` is owned twice: it is a name server of Zone `z`")]
    [InlineData("text.example.org", "alias",
        "`text.example.org` is owned twice: Zone `z` has a TXT record there (f.yaml:5:209)")]
    [InlineData("example.org", "alias",
        "`example.org` is the zone's origin, where a CNAME cannot stand; set `flatten: true` on the pools of host " +
        "names")]
    [InlineData("inner.example.org", "cluster",
        "`inner.example.org` is the zone's origin, where a CNAME cannot stand; set `flatten: true` on the pools of " +
        "host names")]
    public void A_fault_of_the_name(string hostname, string pool, string message) =>
        RuleCheck.HasFault("GlobalEndpoint",
            $"{{hostname: {hostname}, policy: Failover, pools: [{{pool: {pool}}}]}}", hostname, message);

    [Theory]
    [InlineData("flat")]
    [InlineData("static")]
    [InlineData("lab}], gateway: {}, ttl: 10s, https: {alpn: [h2]")]
    public void A_pool_that_is_never_answered_as_a_CNAME_may_stand_at_the_origin(string pool) =>
        RuleCheck.IsSound("GlobalEndpoint",
            pool.Contains(']', StringComparison.Ordinal)
                ? $"{{hostname: example.org, policy: Failover, pools: [{{pool: {pool}}}}}"
                : $"{{hostname: example.org, policy: Failover, pools: [{{pool: {pool}}}]}}");

    [Theory]
    [InlineData("Zone", "GlobalEndpoint")]
    [InlineData("GlobalEndpoint", "Zone")]
    public void Text_stands_beside_addresses_and_not_beside_an_alias_whichever_comes_first(string first, string second)
    {
        Assert.Empty(Faults("10.0.0.1"));
        Assert.Matches("^`a.example.com` is owned twice: Zone `c` has a TXT record there",
            Assert.Single(Faults("b.example.net")).Message);

        IEnumerable<Fault> Faults(string address)
        {
            var documents = new Dictionary<string, string>
            {
                ["Zone"] = "metadata: {name: c}\nspec: {origin: example.com, nameServers: [{name: ns.example.net}], " +
                    "records: [{name: a, type: txt, data: [x]}]}"
                    .Replace("txt", "TXT", StringComparison.Ordinal),
                ["GlobalEndpoint"] = "metadata: {name: a}\nspec: {hostname: a.example.com, policy: Failover, pools: " +
                    "[{pool: p}]}",
                ["AddressPool"] = $"metadata: {{name: p}}\nspec: {{addresses: [{{value: {address}}}]}}",
            };
            return ConfigurationReader.ReadText("f.yaml", string.Concat(new[] { first, second, "AddressPool" }
                .Select(k => $"---\n{TestYaml.Header}kind: {k}\n{documents[k]}\n"))).Faults;
        }
    }

    [Theory]
    [InlineData("policy: Nearest, pools: [{pool: p}, {pool: busy}]")]
    [InlineData("policy: Nearest, pools: [{pool: q}]")] // one pool needs no place
    [InlineData("policy: Weighted, pools: [{pool: p, weight: 0}, {pool: q, weight: 1000000}]")]
    [InlineData("policy: Weighted, pools: [{pool: cluster, weight: 0, weightFrom: ready}]")]
    [InlineData("policy: Failover, pools: [{pool: p, priority: 0}, {pool: q, priority: 1000000}], backupAnswer: true")]
    [InlineData("policy: Failover, pools: [{pool: flat}], backupAnswer: true")]
    [InlineData("policy: Failover, pools: [{pool: lab}], gateway: {}")]
    [InlineData("policy: Failover, pools: [{pool: lab}], gateway: {pools: [{pool: lab}]}")]
    [InlineData("policy: Failover, pools: [{pool: p}], gateway: {pools: [{pool: lab}, {pool: q}]}")]
    public void Sound_pools(string fields) => RuleCheck.IsSound("GlobalEndpoint", Spec(fields));

    [Theory]
    [InlineData("policy: Failover, pools: []", "[]", "endpoint `x` has no pools")]
    [InlineData("policy: Failover, pools: [{pool: pp}]", "pp", "there is no AddressPool named `pp`; did you mean `p`?")]
    [InlineData("policy: Nearest, pools: [{pool: p}, {pool: pp}]", "pp",
        "there is no AddressPool named `pp`; did you mean `p`?")]
    [InlineData("policy: LeastLoad, pools: [{pool: busy}, {pool: pp}]", "pp",
        "there is no AddressPool named `pp`; did you mean `p`?")]
    [InlineData("policy: Failover, pools: [{pool: p}], gateway: {pools: [{pool: pp}]}", "pp",
        "there is no AddressPool named `pp`; did you mean `p`?")]
    [InlineData("policy: Failover, pools: [{pool: p}, {pool: q}, {pool: p}]", "p}]",
        "pool `p` is in the endpoint twice")]
    [InlineData("policy: Nearest, pools: [{pool: p}, {pool: q}]", "q",
        "policy Nearest needs to know where pool `q` is; give the pool a `site`")]
    [InlineData("policy: Weighted, pools: [{pool: p, weightFrom: ready}]", "ready",
        "`weightFrom: ready` needs to know what is ready behind every address of pool `p`; give each a `from`")]
    [InlineData("policy: Weighted, pools: [{pool: mixed, weightFrom: ready}]", "ready",
        "`weightFrom: ready` needs to know what is ready behind every address of pool `mixed`; give each a `from`")]
    [InlineData("policy: Weighted, pools: [{pool: p, weight: 0}, {pool: q, weight: 0}]", "[{pool",
        "every weight in endpoint `x` is 0; at least one must be above")]
    [InlineData("policy: Failover, pools: [{pool: p}], gateway: {pools: [{pool: q, weight: 0}]}", "[{pool: q",
        "every weight in endpoint `x` is 0; at least one must be above")]
    [InlineData("policy: Failover, pools: [{pool: alias}], backupAnswer: true", "true",
        "pool `alias` answers with a CNAME, which nothing can stand beside; set `flatten: true` on it")]
    [InlineData("policy: Failover, pools: [{pool: lab}]", "lab",
        "pool `lab` leads through tunnels, which only gateways can use: give the endpoint a `gateway`")]
    [InlineData("policy: Failover, pools: [{pool: lab}], gateway: {pools: [{pool: p}]}", "lab",
        "pool `lab` leads through tunnels, and the gateway has pools of its own without it")]
    public void A_fault_of_the_pools(string fields, string at, string message) =>
        RuleCheck.HasFault("GlobalEndpoint", Spec(fields), at, message);

    [Theory]
    [InlineData(256, 0)]
    [InlineData(257, 2)] // the endpoint's pools, and the gateway's
    public void An_endpoint_has_at_most_256_pools(int count, int faults)
    {
        var pools = string.Join(", ", Enumerable.Range(0, count).Select(i => $"{{pool: p{i}}}"));
        var text = TestYaml.Zone
            + string.Concat(Enumerable.Range(0, count)
                .Select(i => TestYaml.Part("AddressPool", $"p{i}", "{addresses: [{value: 10.0.0.1}]}")))
            + TestYaml.Document("GlobalEndpoint", "x",
                $"{{hostname: x.example.org, policy: Failover, pools: [{pools}], gateway: {{pools: [{pools}]}}}}");

        Assert.Equal(Enumerable.Repeat("endpoint `x` has 257 pools, and 256 is the most", faults),
            ConfigurationReader.ReadText("f.yaml", text).Faults.Select(f => f.Message));
    }

    [Theory]
    [InlineData("policy: Weighted, weights: auto, pools: [{pool: busy}]")]
    [InlineData("policy: Sticky, weights: auto, pools: [{pool: busy}]")]
    [InlineData("policy: LeastLoad, weights: auto, pools: [{pool: busy}]")]
    [InlineData("policy: LeastLoad, pools: [{pool: q}], gateway: {}")] // the gateway sees the load
    [InlineData("policy: SourceMap, sourceMap: lines, pools: [{pool: q}, {pool: p}]")]
    [InlineData("policy: SourceMap, sourceMap: wide, pools: [{pool: q}, {pool: p}, {pool: busy}]")]
    [InlineData("policy: Failover, pools: [{pool: p}], ttl: 5s, minTtl: 5s, maxAnswers: 64, recovery: {ramp: 1d}")]
    [InlineData("policy: Failover, pools: [{pool: p}], ttl: 0s, minTtl: 0s, maxAnswers: 1, recovery: {ramp: 0s}")]
    [InlineData("policy: Failover, pools: [{pool: p}], guard: {maxRemoved: 1}")]
    [InlineData("policy: Failover, pools: [{pool: p}], whenAllDown: Fallback, fallback: {addresses: [192.0.2.1, " +
        "\"2001:db8::1\"]}")]
    [InlineData("policy: Failover, pools: [{pool: p}], whenAllDown: Fallback, fallback: {addresses: " +
        "[sorry.example.net]}")]
    [InlineData("policy: Failover, pools: [{pool: p}], https: {alpn: [h3, http/1.1, \"!~\"], port: 1}")]
    public void Sound_options(string fields) => RuleCheck.IsSound("GlobalEndpoint", Spec(fields));

    [Theory]
    [InlineData("policy: Nearest, weights: auto, pools: [{pool: busy}]", "auto",
        "policy Nearest uses no weights; `weights: auto` goes with Weighted and Sticky")]
    [InlineData("policy: RoundRobin, weights: auto, pools: [{pool: busy}]", "auto",
        "policy RoundRobin uses no weights; `weights: auto` goes with Weighted and Sticky")]
    [InlineData("policy: LeastLoad, pools: [{pool: busy}, {pool: p}]", "p}",
        "the load of pool `p` is not known; give it a `loadSignal`, or forward its requests with a `gateway`")]
    [InlineData("policy: LeastLoad, pools: [{pool: p}], gateway: {pools: [{pool: q}]}", "p}",
        "the load of pool `p` is not known; give it a `loadSignal`, or forward its requests with a `gateway`")]
    [InlineData("policy: Failover, sourceMap: lines, pools: [{pool: p}]", "lines",
        "`sourceMap` is given and the policy is Failover; write `policy: SourceMap`")]
    [InlineData("policy: SourceMap, pools: [{pool: p}]", "SourceMap",
        "policy SourceMap needs the name of a SourceMap in `sourceMap`")]
    [InlineData("policy: SourceMap, sourceMap: line, pools: [{pool: p}]", "line",
        "there is no SourceMap named `line`; did you mean `lines`?")]
    [InlineData("policy: SourceMap, sourceMap: wide, pools: [{pool: p}, {pool: busy}]", "wide",
        "SourceMap `wide` names pool `q`, which is not among the endpoint's `pools`")]
    [InlineData("policy: SourceMap, sourceMap: wide, pools: [{pool: p}, {pool: q}]", "wide",
        "SourceMap `wide` names pool `busy`, which is not among the endpoint's `pools`")]
    [InlineData("policy: Failover, pools: [{pool: p}], ttl: 5s, minTtl: 5001ms", "5001ms",
        "`minTtl` is 5s1ms and must not be longer than `ttl`, 5s")]
    [InlineData("policy: Failover, pools: [{pool: p}], ttl: 86401s", "86401s",
        "field `ttl` is 86401s and must be between 0s and 1d")]
    [InlineData("policy: Failover, pools: [{pool: p}], minTtl: 86401s", "86401s",
        "field `minTtl` is 86401s and must be between 0s and 1d")]
    [InlineData("policy: Failover, pools: [{pool: p}], maxAnswers: 0", "0",
        "field `maxAnswers` is 0 and must be between 1 and 64")]
    [InlineData("policy: Failover, pools: [{pool: p}], maxAnswers: 65", "65",
        "field `maxAnswers` is 65 and must be between 1 and 64")]
    [InlineData("policy: Failover, pools: [{pool: p}], guard: {maxRemoved: 0%}", "0%",
        "`maxRemoved` must be above 0, or no failure could ever be acted on")]
    [InlineData("policy: Failover, pools: [{pool: p}], whenAllDown: Fallback", "Fallback",
        "`whenAllDown: Fallback` needs `fallback: {addresses: […]}`")]
    [InlineData("policy: Failover, pools: [{pool: p}], fallback: {addresses: [192.0.2.1]}", "{addresses",
        "`fallback` is given and `whenAllDown` is ServeAll; write `whenAllDown: Fallback`")]
    [InlineData("policy: Failover, pools: [{pool: p}], whenAllDown: Fallback, fallback: {addresses: []}", "[]",
        "`fallback` has no addresses")]
    [InlineData("policy: Failover, pools: [{pool: p}], whenAllDown: Fallback, fallback: {addresses: [192.0.2.1, " +
        "a.example.net]}",
        "[192.0.2.1", "`fallback` holds IP addresses, or exactly one host name")]
    [InlineData("policy: Failover, pools: [{pool: p}], whenAllDown: Fallback, fallback: {addresses: [192.0.2.1, " +
        "\"::ffff:192.0.2.2\"]}",
        "\"::ffff", "`::ffff:192.0.2.2`: write it as 192.0.2.2")]
    [InlineData("policy: Failover, pools: [{pool: p}], whenAllDown: Fallback, fallback: {addresses: [a_b-]}", "a_b-",
        "`a_b-`: label `a_b-` starts or ends with `-`")]
    [InlineData("policy: Failover, pools: [{pool: p}], https: {alpn: [h2, \"\"]}", "\"\"",
        "`` is not a protocol name such as h2, h3 or http/1.1")]
    [InlineData("policy: Failover, pools: [{pool: p}], https: {alpn: [\"h 2\"]}", "\"h 2\"",
        "`h 2` is not a protocol name such as h2, h3 or http/1.1")]
    [InlineData("policy: Failover, pools: [{pool: p}], https: {alpn: [hé]}", "hé",
        "`hé` is not a protocol name such as h2, h3 or http/1.1")]
    public void A_fault_of_the_options(string fields, string at, string message) =>
        RuleCheck.HasFault("GlobalEndpoint", Spec(fields), at, message);

    [Theory]
    [InlineData(255, true)]
    [InlineData(256, false)]
    public void A_protocol_name_has_at_most_255_octets(int length, bool sound)
    {
        var name = new string('a', length);
        var spec = Spec($"policy: Failover, pools: [{{pool: p}}], https: {{alpn: [{name}]}}");
        if (sound)
            RuleCheck.IsSound("GlobalEndpoint", spec);
        else
            RuleCheck.HasFault("GlobalEndpoint", spec, name,
                $"`{name}` is not a protocol name such as h2, h3 or http/1.1");
    }

    private static string Spec(string fields) => $"{{hostname: x.example.org, {fields}}}";
}
