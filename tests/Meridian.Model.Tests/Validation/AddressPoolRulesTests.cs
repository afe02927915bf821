namespace Meridian.Model.Tests.Validation;

public sealed class AddressPoolRulesTests
{
    [Theory]
    [InlineData("{site: hanoi, healthCheck: web, loadSignal: load, addresses: [{value: 10.0.0.1}, {value: 10.0.0.1, " +
        "port: 80}]}")]
    [InlineData("{addresses: [{value: \"2001:db8::1\"}, {value: 10.0.0.1, weight: 0}]}")]
    [InlineData("{addresses: [{value: a.example.net}, {value: b.example.net}]}")]
    [InlineData("{flatten: true, addresses: [{value: a.example.net}, {value: 10.0.0.1}]}")]
    [InlineData("{flatten: true, minHealthy: 3, addresses: [{value: a.example.net}]}")]
    [InlineData("{policy: Nearest, addresses: [{value: 10.0.0.1, site: hanoi}]}")]
    [InlineData("{policy: Nearest, site: hanoi, addresses: [{from: {cluster: hk, ingress: web/app}}]}")]
    [InlineData("{healthCheck: tcp, addresses: [{value: 10.0.0.1, port: 80}, {from: {cluster: hk, service: web/app}, " +
        "port: 80}]}")]
    [InlineData("{healthCheck: grpc, addresses: [{value: 10.0.0.1, port: 80}]}")]
    [InlineData("{minHealthy: 2, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}]}")]
    [InlineData("{minHealthy: 100%, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}]}")]
    [InlineData("{minHealthy: 1%, addresses: [{value: 10.0.0.1, enabled: false}]}")]
    [InlineData("{minHealthy: 2, addresses: [{value: 10.0.0.1, enabled: false}, {value: 10.0.0.2, enabled: false}]}")]
    [InlineData("{minHealthy: 9, addresses: [{from: {cluster: hk, gateway: web/app, static: [10.0.0.1, " +
        "a.example.net]}}]}")]
    [InlineData("{addresses: [{from: {cluster: hk, httpRoute: web/app}, weightFrom: ready, weight: 0}]}")]
    [InlineData("{addresses: [{from: {cluster: hk, select: {kind: Ingress, namespace: web, labels: a=b}}}]}")]
    [InlineData("{addresses: [{value: 10.0.0.1, port: 1, weight: 1000000, capacity: 1000000}, {value: 10.0.0.1, " +
        "port: 65535, capacity: 1}]}")]
    public void A_sound_pool(string spec) => RuleCheck.IsSound("AddressPool", spec);

    [Theory]
    [InlineData("{site: hue, addresses: [{value: 10.0.0.1}]}", "hue", "there is no Site named `hue`")]
    [InlineData("{healthCheck: wep, addresses: [{value: 10.0.0.1}]}", "wep",
        "there is no HealthCheck named `wep`; did you mean `web`?")]
    [InlineData("{loadSignal: lode, addresses: [{value: 10.0.0.1}]}", "lode",
        "there is no LoadSignal named `lode`; did you mean `load`?")]
    [InlineData("{addresses: []}", "[]", "pool `x` has no addresses")]
    [InlineData("{addresses: [{value: 10.0.0.1, site: hue}]}", "hue", "there is no Site named `hue`")]
    [InlineData("{addresses: [{value: 10.0.0.1}, {value: 10.0.0.1}]}", "10.0.0.1}]", "`10.0.0.1` is in the pool twice")]
    [InlineData("{addresses: [{value: \"2001:db8::1\"}, {value: \"2001:DB8:0::1\"}]}", "\"2001:DB8",
        "`2001:DB8:0::1` is in the pool twice")]
    [InlineData("{addresses: [{value: A.example.net}, {value: a.example.net.}]}", "a.example.net.",
        "`a.example.net.` is in the pool twice")]
    [InlineData("{addresses: [{value: \"\"}]}", "\"\"", "an address needs a `value`, a `from` or a `tunnel`")]
    [InlineData("{addresses: [{value: \"10.0.0.1:80\"}]}", "\"10.0.0.1:80\"",
        "`10.0.0.1:80` holds a port; write {value: 10.0.0.1, port: 80}")]
    [InlineData("{addresses: [{value: \"[2001:db8::1]:80\"}]}", "\"[2001",
        "`[2001:db8::1]:80` holds a port; write {value: 2001:db8::1, port: 80}")]
    [InlineData("{addresses: [{value: \"a:80\"}]}", "\"a:80",
        "`a:80` holds a port; write {value: a, port: 80}")]
    [InlineData("{addresses: [{value: \"a.example.net:80\"}]}", "\"a.example",
        "`a.example.net:80` holds a port; write {value: a.example.net, port: 80}")]
    [InlineData("{addresses: [{value: \"::ffff:10.0.0.1\"}]}", "\"::ffff", "`::ffff:10.0.0.1`: write it as 10.0.0.1")]
    [InlineData("{addresses: [{value: \"fe80::1%eth0\"}]}", "\"fe80",
        "`fe80::1%eth0`: write an IPv6 address without brackets, port and zone")]
    [InlineData("{addresses: [{value: 010.0.0.1}]}", "010.0.0.1",
        "`010.0.0.1`: write an IPv4 address as four decimal numbers without leading zeros")]
    [InlineData("{addresses: [{value: 192.0.2.010}]}", "192.0.2.010",
        "`192.0.2.010`: write an IPv4 address as four decimal numbers without leading zeros")]
    [InlineData("{addresses: [{value: \"3221225985\"}]}", "\"3221225985",
        "`3221225985`: write an IPv4 address as four decimal numbers without leading zeros")]
    [InlineData("{addresses: [{value: 0xC0.0.2.1}]}", "0xC0",
        "`0xC0.0.2.1`: write an IPv4 address as four decimal numbers without leading zeros")]
    [InlineData("{addresses: [{value: 10.0.0.300}]}", "10.0.0.300", "`10.0.0.300` is not an IP address")]
    [InlineData("{addresses: [{value: 10.0.0.256}]}", "10.0.0.256", "`10.0.0.256` is not an IP address")]
    [InlineData("{addresses: [{value: a_b..c}]}", "a_b",
        "`a_b..c`: the name has an empty label (two dots in a row, or one at the start)")]
    [InlineData("{addresses: [{value: 10.0.0.1, weightFrom: ready}]}", "ready",
        "`weightFrom: ready` needs an object in a cluster: a `from`")]
    [InlineData("{addresses: [{value: 10.0.0.1}, {value: a.example.net}]}", "[{value",
        "pool `x` mixes host names and IP addresses; use one sort, or set `flatten: true`")]
    [InlineData("{addresses: [{value: 10.0.0.1, weight: 0}, {value: 10.0.0.2, weight: 0}]}", "[{value",
        "every weight in pool `x` is 0; at least one must be above")]
    [InlineData("{policy: Nearest, addresses: [{value: 10.0.0.1}]}", "10.0.0.1",
        "policy Nearest needs a `site` for `10.0.0.1`")]
    [InlineData("{policy: Nearest, addresses: [{from: {cluster: hk, ingress: web/app}}]}", "{cluster",
        "policy Nearest needs a `site` for it")]
    [InlineData("{healthCheck: tcp, addresses: [{value: 10.0.0.1}]}", "10.0.0.1",
        "`10.0.0.1` has no `port`, and neither has HealthCheck `tcp`")]
    [InlineData("{healthCheck: grpc, addresses: [{value: 10.0.0.1}]}", "10.0.0.1",
        "`10.0.0.1` has no `port`, and neither has HealthCheck `grpc`")]
    [InlineData("{healthCheck: tcp, addresses: [{from: {cluster: hk, ingress: web/app}}]}", "{cluster",
        "it has no `port`, and neither has HealthCheck `tcp`")]
    [InlineData("{minHealthy: 0, addresses: [{value: 10.0.0.1}]}", "0", "`minHealthy` must be at least 1, or above 0%")]
    [InlineData("{minHealthy: 0%, addresses: [{value: 10.0.0.1}]}", "0%", "`minHealthy` must be at least 1, or above " +
        "0%")]
    [InlineData("{minHealthy: 2, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2, enabled: false}]}", "2",
        "`minHealthy` is 2 and only 1 address is enabled: the pool could never be up")]
    [InlineData("{minHealthy: 3, addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}]}", "3",
        "`minHealthy` is 3 and only 2 addresses are enabled: the pool could never be up")]
    public void A_fault_of_the_pool(string spec, string at, string message) =>
        RuleCheck.HasFault("AddressPool", spec, at, message);

    [Theory]
    [InlineData("{value: 10.0.0.1, from: {cluster: hk, ingress: web/app}}", "{cluster",
        "`value` and `from` exclude each other; addresses in place of the load balancer's go into `from.static`")]
    [InlineData("{value: a, from: {cluster: hk, ingress: web/app}}", "{cluster",
        "`value` and `from` exclude each other; addresses in place of the load balancer's go into `from.static`")]
    [InlineData("{from: {cluster: kk, ingress: web/app}}", "kk", "there is no Cluster named `kk`; did you mean `hk`?")]
    [InlineData("{from: {cluster: hk}}", "{cluster",
        "`from` needs exactly one of `ingress`, `service`, `gateway`, `httpRoute`, " +
        "`grpcRoute`, `tlsRoute`, `tcpRoute` and `select`")]
    [InlineData("{from: {cluster: hk, ingress: web/app, httpRoute: web/app}}", "{cluster",
        "`from` needs exactly one of `ingress`, `service`, `gateway`, `httpRoute`, " +
        "`grpcRoute`, `tlsRoute`, `tcpRoute` and `select`")]
    [InlineData("{from: {cluster: hk, service: web/app, gateway: web/app}}", "{cluster",
        "`from` needs exactly one of `ingress`, `service`, `gateway`, `httpRoute`, " +
        "`grpcRoute`, `tlsRoute`, `tcpRoute` and `select`")]
    [InlineData("{from: {cluster: hk, ingress: web/app, select: {kind: Ingress, labels: a=b}}}", "{cluster",
        "`from` needs exactly one of `ingress`, `service`, `gateway`, `httpRoute`, " +
        "`grpcRoute`, `tlsRoute`, `tcpRoute` and `select`")]
    [InlineData("{from: {cluster: hk, select: {kind: Ingress, labels: \"a=b\"}, static: [10.0.0.1]}}", "[10",
        "`static` goes with one object, and `select` is any number of them")]
    [InlineData("{from: {cluster: hk, select: {kind: Ingress, namespace: Web, labels: a}}}", "Web",
        "`Web` is not a namespace")]
    [InlineData("{from: {cluster: hk, select: {kind: Ingress, labels: \"a=b,=c\"}}}", "\"a=b",
        "`=c` is no requirement of labels such as `app=kokoro`, `tier!=test`, `tier in (web, edge)`, " +
        "`tier notin (test)`, `app` or `!canary`")]
    [InlineData("{from: {cluster: hk, ingress: web}}", "web}", "`web` is not of the form namespace/name")]
    [InlineData("{from: {cluster: hk, service: Web/app}}", "Web/app", "`Web/app` is not of the form namespace/name")]
    [InlineData("{from: {cluster: hk, gateway: web/App}}", "web/App", "`web/App` is not of the form namespace/name")]
    [InlineData("{from: {cluster: hk, httpRoute: a/b/c}}", "a/b/c", "`a/b/c` is not of the form namespace/name")]
    [InlineData("{from: {cluster: hk, ingress: web/app, static: [10.0.0.1, \"10.1\"]}}", "\"10.1",
        "`10.1`: write an IPv4 address as four decimal numbers without leading zeros")]
    [InlineData("{from: {cluster: hk, ingress: web/app, static: [a..b]}}", "a..b",
        "`a..b`: the name has an empty label (two dots in a row, or one at the start)")]
    [InlineData("{tunnel: {agent: lob, service: web}}", "lob", "there is no TunnelAgent named `lob`; did you mean " +
        "`lab`?")]
    [InlineData("{value: 10.0.0.1, tunnel: {agent: lab, service: web}}", "{agent",
        "`value`, `from` and `tunnel` exclude each other")]
    [InlineData("{from: {cluster: hk, ingress: web/app}, tunnel: {agent: lab, service: web}}", "{agent",
        "`value`, `from` and `tunnel` exclude each other")]
    [InlineData("{tunnel: {agent: lab, service: web}}, {tunnel: {agent: lab, service: web}}", "{agent: lab, service: " +
        "web}}]",
        "web@lab is in the pool twice")]
    [InlineData("{tunnel: {agent: lab, service: web}, port: 80}", "80",
        "the agent's own file says which port the service has")]
    [InlineData("{tunnel: {agent: lab, service: We}}", "We",
        "`We` is not the name of a service: lower-case letters, digits and hyphens, at most 63")]
    [InlineData("{tunnel: {agent: lab, service: \"\"}}", "\"\"",
        "`` is not the name of a service: lower-case letters, digits and hyphens, at most 63")]
    [InlineData("{tunnel: {agent: lab, service: llm}}", "llm", "TunnelAgent `lab` may not publish `llm`, only web, " +
        "llm-*")]
    public void A_fault_of_what_stands_for_addresses(string address, string at, string message) =>
        RuleCheck.HasFault("AddressPool", $"{{addresses: [{address}]}}", at, message);

    [Theory]
    [InlineData("healthCheck: web, ", "web",
        "services behind a tunnel are probed by their agent; use a pool of their own, without `healthCheck`")]
    [InlineData("loadSignal: tls, ", "tls",
        "metrics of a service behind a tunnel are read from the service itself, without TLS: its `scrape` has " +
        "neither `port` nor `scheme: https`")]
    [InlineData("loadSignal: port, ", "port",
        "metrics of a service behind a tunnel are read from the service itself, without TLS: its `scrape` has " +
        "neither `port` nor `scheme: https`")]
    public void A_fault_of_a_pool_behind_a_tunnel(string field, string at, string message) =>
        RuleCheck.HasFault("AddressPool", $"{{{field}addresses: [{{tunnel: {{agent: lab, service: llm-7b}}}}]}}", at,
            message);

    [Theory]
    [InlineData("")]
    [InlineData("loadSignal: load, ")]
    [InlineData("loadSignal: plain, ")]
    public void A_sound_pool_behind_a_tunnel(string field) =>
        RuleCheck.IsSound("AddressPool", $"{{{field}addresses: [{{tunnel: {{agent: lab, service: llm-7b}}}}, " +
            $"{{tunnel: {{agent: lab, service: web}}}}]}}");

    [Theory]
    [InlineData("port: 0", "0", "field `port` is 0 and must be between 1 and 65535")]
    [InlineData("port: 65536", "65536", "field `port` is 65536 and must be between 1 and 65535")]
    [InlineData("weight: -1", "-1", "field `weight` is -1 and must be between 0 and 1000000")]
    [InlineData("weight: 1000001", "1000001", "field `weight` is 1000001 and must be between 0 and 1000000")]
    [InlineData("capacity: 0", "0", "field `capacity` is 0 and must be between 1 and 1000000")]
    [InlineData("capacity: 1000001", "1000001", "field `capacity` is 1000001 and must be between 1 and 1000000")]
    public void A_number_beyond_its_bounds(string field, string at, string message) =>
        RuleCheck.HasFault("AddressPool", $"{{addresses: [{{value: 10.0.0.1, {field}}}]}}", at, message);
}
