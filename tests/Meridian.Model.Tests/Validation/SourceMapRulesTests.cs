namespace Meridian.Model.Tests.Validation;

public sealed class SourceMapRulesTests
{
    [Theory]
    [InlineData("{name: a, networks: [10.0.0.0/8, 10.0.0.0/9, \"2001:db8::/32\"], pools: [p]}")]
    [InlineData("{name: a, asns: [1], pools: [p]}, {name: b, asns: [2], pools: [q, p]}")]
    [InlineData("{name: a, countries: [AS], pools: [p]}, {name: b, continents: [AS], pools: [p]}")]
    [InlineData("{name: a, continents: [AF, AN, AS, EU, NA, OC, SA], pools: [p]}")]
    public void Sound_sources(string sources) => RuleCheck.IsSound("SourceMap", Spec(sources));

    [Theory]
    [InlineData("{name: a, networks: [10.0.0.0/8, 10.0.0.0], pools: [p]}", "10.0.0.0]",
        "`10.0.0.0` is not a network such as 198.51.100.0/24")]
    [InlineData("{name: a, networks: [10.0.0.0/33], pools: [p]}", "10.0.0.0/33",
        "`10.0.0.0/33` is not a network such as 198.51.100.0/24")]
    [InlineData("{name: a, networks: [10.010.0.0/16], pools: [p]}", "10.010.0.0/16",
        "`10.010.0.0/16` is not a network such as 198.51.100.0/24")]
    [InlineData("{name: a, networks: [10.1.0.0/8], pools: [p]}", "10.1.0.0/8",
        "`10.1.0.0/8` has bits set beyond the prefix length; write 10.0.0.0/8")]
    [InlineData("{name: a, networks: [10.0.0.0/8], pools: [p]}, {name: b, networks: [10.0.0.0/8], pools: [p]}",
        "10.0.0.0/8], pools: [p]}]", "10.0.0.0/8 already belongs to source `a`")]
    [InlineData("{name: a, asns: [7], pools: [p]}, {name: b, asns: [8, 7], pools: [p]}", "7], pools: [p]}]",
        "7 already belongs to source `a`")]
    [InlineData("{name: a, countries: [VN, VNM], pools: [p]}", "VNM",
        "`VNM` is not a country code: two capital letters, such as VN")]
    [InlineData("{name: a, countries: [Vn], pools: [p]}", "Vn",
        "`Vn` is not a country code: two capital letters, such as VN")]
    [InlineData("{name: a, countries: [VN], pools: [p]}, {name: b, countries: [VN], pools: [p]}", "VN], pools: [p]}]",
        "country VN already belongs to source `a`")]
    [InlineData("{name: a, continents: [EU, XX], pools: [p]}", "XX",
        "`XX` is not a continent; there are AF, AN, AS, EU, NA, OC, SA")]
    [InlineData("{name: a, continents: [EU], pools: [p]}, {name: b, continents: [EU], pools: [p]}", "EU], pools: [p]}]",
        "continent EU already belongs to source `a`")]
    [InlineData("{name: a, pools: [p]}", "a,",
        "source `a` matches nobody: give `networks`, `asns`, `countries` or `continents`")]
    [InlineData("{name: a, asns: [1], pools: []}", "[]", "`pools` names no pool")]
    [InlineData("{name: a, asns: [1], pools: [pq]}", "pq", "there is no AddressPool named `pq`; did you mean `p`?")]
    [InlineData("{name: a, asns: [1], pools: [p, pp]}", "pp", "there is no AddressPool named `pp`; did you mean `p`?")]
    public void A_fault_of_a_source(string sources, string at, string message) =>
        RuleCheck.HasFault("SourceMap", Spec(sources), at, message);

    [Theory]
    [InlineData("{sources: [], default: []}", "[]}", "`default` names no pool")]
    [InlineData("{sources: [], default: [p, pp]}", "pp", "there is no AddressPool named `pp`; did you mean `p`?")]
    public void A_fault_of_the_default(string spec, string at, string message) =>
        RuleCheck.HasFault("SourceMap", spec, at, message);

    private static string Spec(string sources) => $"{{default: [p], sources: [{sources}]}}";
}
