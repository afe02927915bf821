namespace Meridian.Model.Tests.Validation;

/// <summary>Who may do what: AccessPolicy and TunnelAgent.</summary>
public sealed class AccessRulesTests
{
    private const string Subjects = "subjects: [{namespace: n, serviceAccount: a}]";

    [Theory]
    [InlineData("issuer: \"https://a.example\", subjects: [{namespace: n, serviceAccount: \"*\"}], records: [{zones: " +
        "[example.org, www.example.org.]}], site: hanoi")]
    [InlineData("issuer: \"http://a.example\", jwksFile: keys, subjects: [{namespace: n, serviceAccount: a}], lease: " +
        "10s")]
    [InlineData("issuer: \"http://a.example\", reviewedBy: hk, subjects: [{namespace: n, serviceAccount: a}], lease: " +
        "30d")]
    [InlineData("issuer: \"http://127.0.0.1\", subjects: [{namespace: n, serviceAccount: a}]")]
    public void A_sound_policy(string fields) => RuleCheck.IsSound("AccessPolicy", $"{{{fields}}}");

    [Theory]
    [InlineData("issuer: a.example, " + Subjects, "a.example",
        "`a.example` is not the URL of an issuer such as https://kubernetes.default.svc")]
    [InlineData("issuer: \"ftp://a.example\", " + Subjects, "\"ftp",
        "`ftp://a.example` is not the URL of an issuer such as https://kubernetes.default.svc")]
    [InlineData("issuer: \"http://a.example\", " + Subjects, "\"http",
        "keys that come without TLS could be anybody's; give `jwksFile`, or ask the cluster")]
    [InlineData("issuer: \"https://a.example\", audience: \"\", " + Subjects, "\"\"",
        "`audience` must not be empty, or a token for anything else would do")]
    [InlineData("issuer: \"https://a.example\", jwksFile: keys, reviewedBy: hk, " + Subjects, "hk",
        "`jwksFile` and `reviewedBy` exclude each other")]
    [InlineData("issuer: \"https://a.example\", reviewedBy: kk, " + Subjects, "kk",
        "there is no Cluster named `kk`; did you mean `hk`?")]
    [InlineData("issuer: \"https://a.example\", site: hue, " + Subjects, "hue", "there is no Site named `hue`")]
    [InlineData("issuer: \"https://a.example\", subjects: []", "[]", "AccessPolicy `x` names no service account")]
    [InlineData("issuer: \"https://a.example\", subjects: [{namespace: \"*\", serviceAccount: a}]", "\"*\"",
        "`*` is not a namespace")]
    [InlineData("issuer: \"https://a.example\", subjects: [{namespace: n, serviceAccount: \"a*\"}]", "\"a*\"",
        "`a*` is neither the name of a service account nor `*`")]
    [InlineData("issuer: \"https://a.example\", records: [{zones: []}], " + Subjects, "[]",
        "a grant of records needs `zones`")]
    [InlineData("issuer: \"https://a.example\", records: [{zones: [example.org, " +
        "a.example.com]}], " + Subjects, "a.example.com",
        "`a.example.com` is outside every Zone")]
    [InlineData("issuer: \"https://a.example\", records: [{zones: [a..b]}], " + Subjects, "a..b",
        "`a..b`: the name has an empty label (two dots in a row, or one at the start)")]
    [InlineData("issuer: \"https://a.example\", lease: 9s, " + Subjects, "9s",
        "field `lease` is 9s and must be between 10s and 30d")]
    public void A_fault_of_the_policy(string fields, string at, string message) =>
        RuleCheck.HasFault("AccessPolicy", $"{{{fields}}}", at, message);

    [Theory]
    [InlineData("issuer: \"https://a.example\", subjects: [{namespace: other, serviceAccount: dns}]")]
    [InlineData("issuer: \"https://a.example\", subjects: [{namespace: known, serviceAccount: other}]")]
    [InlineData("issuer: \"https://b.example\", subjects: [{namespace: known, serviceAccount: dns}]")]
    [InlineData("issuer: \"https://a.example\", audience: b, subjects: [{namespace: known, serviceAccount: dns}]")]
    [InlineData("issuer: \"https://a.example\", jwksFile: keys, subjects: [{namespace: known, serviceAccount: dns}]")]
    [InlineData("issuer: \"https://a.example\", reviewedBy: hk, subjects: [{namespace: known, serviceAccount: dns}]")]
    public void A_policy_that_differs_from_others_in_keys_or_accounts(string fields) =>
        RuleCheck.IsSound("AccessPolicy", $"{{{fields}}}");

    [Theory]
    [InlineData("{namespace: known, serviceAccount: dns}", "dns")]
    [InlineData("{namespace: known, serviceAccount: \"*\"}", "\"*\"")]
    [InlineData("{namespace: wide, serviceAccount: dns}", "dns")]
    public void Two_policies_that_cannot_be_told_apart_are_refused(string subject, string at) =>
        RuleCheck.HasFault("AccessPolicy", $"{{issuer: \"https://a.example\", subjects: [{subject}]}}", at,
            "AccessPolicy `known` names this account too, and trusts the same keys: " +
            "nobody could say which of the two a token belongs to");

    [Theory]
    [InlineData("publishes: [\"*\"], site: hanoi, limits: {connections: 1, streams: 1}")]
    [InlineData("publishes: [web-1, \"*-b\", a], limits: {connections: 256, streams: 100000}")]
    [InlineData("publishes: [web], identity: {enrollment: false, serviceAccount: {cluster: hk, namespace: n, name: " +
        "a}}")]
    [InlineData("publishes: [web], identity: {serviceAccount: {issuer: \"http://a.example\", jwksFile: keys, " +
        "namespace: n, name: taken}}")]
    public void A_sound_agent(string fields) => RuleCheck.IsSound("TunnelAgent", $"{{{fields}}}");

    [Theory]
    [InlineData("publishes: [web], identity: {enrollment: false}", "{enrollment",
        "agent `x` could never prove its identity: `identity` needs `enrollment`, a `serviceAccount` or both")]
    [InlineData("publishes: [web], site: hue", "hue", "there is no Site named `hue`")]
    [InlineData("publishes: []", "[]", "agent `x` may publish nothing; `[\"*\"]` is everything")]
    [InlineData("publishes: [web, Web]", "Web]",
        "`Web` is not the name of a service: lower-case letters, digits and hyphens, at most 63, and `*`")]
    [InlineData("publishes: [\"\"]", "\"\"",
        "`` is not the name of a service: lower-case letters, digits and hyphens, at most 63, and `*`")]
    [InlineData("publishes: [\"a.*\"]", "\"a.*\"",
        "`a.*` is not the name of a service: lower-case letters, digits and hyphens, at most 63, and `*`")]
    [InlineData("publishes: [web], limits: {connections: 257}", "257",
        "field `connections` is 257 and must be between 1 and 256")]
    [InlineData("publishes: [web], limits: {streams: 100001}", "100001",
        "field `streams` is 100001 and must be between 1 and 100000")]
    public void A_fault_of_the_agent(string fields, string at, string message) =>
        RuleCheck.HasFault("TunnelAgent", $"{{{fields}}}", at, message);

    [Theory]
    [InlineData("cluster: hk, issuer: \"https://a.example\", namespace: n, name: a", "hk",
        "tokens are checked by asking a `cluster`, or by the keys of an `issuer`: write exactly one of them")]
    [InlineData("namespace: n, name: a", "{namespace",
        "tokens are checked by asking a `cluster`, or by the keys of an `issuer`: write exactly one of them")]
    [InlineData("cluster: kk, namespace: n, name: a", "kk", "there is no Cluster named `kk`; did you mean `hk`?")]
    [InlineData("issuer: a, namespace: n, name: a", "a,",
        "`a` is not the URL of an issuer such as https://kubernetes.default.svc")]
    [InlineData("issuer: \"http://a.example\", namespace: n, name: a", "\"http",
        "keys that come without TLS could be anybody's; give `jwksFile`, or ask the cluster")]
    [InlineData("cluster: hk, jwksFile: keys, namespace: n, name: a", "keys", "`jwksFile` goes with `issuer`")]
    [InlineData("cluster: hk, audience: \"\", namespace: n, name: a", "\"\"",
        "`audience` must not be empty, or a token for anything else would do")]
    [InlineData("cluster: hk, namespace: N, name: a", "N", "`N` is not a namespace")]
    [InlineData("cluster: hk, namespace: n, name: \"*\"", "\"*\"", "`*` is not the name of a service account")]
    [InlineData("cluster: hk, namespace: n, name: taken", "taken",
        "this service account is already that of TunnelAgent `account`")]
    public void A_fault_of_the_agents_service_account(string account, string at, string message) =>
        RuleCheck.HasFault("TunnelAgent", $"{{publishes: [web], identity: {{serviceAccount: {{{account}}}}}}}", at,
            message);

    [Theory]
    [InlineData("cluster: hk, namespace: m, name: taken")]
    [InlineData("cluster: hk, namespace: n, name: free")]
    [InlineData("issuer: \"https://a.example\", namespace: n, name: taken")]
    [InlineData("cluster: hk, audience: b, namespace: n, name: taken")]
    public void A_service_account_that_differs_in_one_part_is_another(string account) =>
        RuleCheck.IsSound("TunnelAgent", $"{{publishes: [web], identity: {{serviceAccount: {{{account}}}}}}}");

    [Theory]
    [InlineData(63, true)]
    [InlineData(64, false)]
    public void The_name_of_a_service_behind_a_tunnel_has_at_most_63_characters(int length, bool sound)
    {
        var name = new string('a', length);
        if (sound)
            RuleCheck.IsSound("TunnelAgent", $"{{publishes: [{name}]}}");
        else
            RuleCheck.HasFault("TunnelAgent", $"{{publishes: [{name}]}}", name,
                $"`{name}` is not the name of a service: " +
                "lower-case letters, digits and hyphens, at most 63, and `*`");
    }
}
