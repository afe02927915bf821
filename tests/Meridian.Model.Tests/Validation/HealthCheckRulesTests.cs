namespace Meridian.Model.Tests.Validation;

public sealed class HealthCheckRulesTests
{
    [Theory]
    [InlineData("{ping: {}, vantages: {down: all, up: 2, minRegions: 1, view: local, from: [eu, fra-1]}}")]
    [InlineData("{http: {path: \"/a?b=c~\", method: M-SEARCH, host: a.example.org, expectedStatus: [\"100\", " +
        "\"200-599\"]}}")]
    [InlineData("{http: {host: \"2001:db8::1\", scheme: https, tls: {verify: false}, headers: {a!b: \"x y\"}}}")]
    [InlineData("{tcp: {expect: a}, watch: true}")]
    [InlineData("{http: {}, watch: true}")]
    [InlineData("{ping: {}, watch: false}")]
    [InlineData("{grpc: {host: a.example.org}}")]
    [InlineData("{external: {file: feed.txt}}")]
    [InlineData("{external: {url: \"https://feed.example.org/x\"}}")]
    [InlineData("{external: {url: \"http://feed.example.org/x\"}}")]
    [InlineData("{ping: {}, interval: 100ms, confirmInterval: 100ms, timeout: 10ms, unhealthyThreshold: 1, " +
        "healthyThreshold: 1}")]
    [InlineData("{ping: {}, interval: 1d, confirmInterval: 1d, timeout: 1m, unhealthyThreshold: 100, " +
        "healthyThreshold: 100}")]
    [InlineData("{ping: {}, confirmInterval: 50ms, damping: {maxFlaps: 0, window: 1s}}")]
    [InlineData("{ping: {}, damping: {maxFlaps: 1000, window: 1d}}")]
    public void A_sound_check(string spec) => RuleCheck.IsSound("HealthCheck", spec);

    [Theory]
    [InlineData("{}", "apiVersion", "exactly one of `http`, `tcp`, `ping`, `grpc`, `external` is wanted, and none is " +
        "given")]
    [InlineData("{ping: {}, grpc: {}}", "apiVersion",
        "exactly one of `http`, `tcp`, `ping`, `grpc`, `external` is wanted, and more than one is given")]
    [InlineData("{http: {}, external: {file: x}}", "apiVersion",
        "exactly one of `http`, `tcp`, `ping`, `grpc`, `external` is wanted, and more than one is given")]
    [InlineData("{ping: {}, interval: 1s, confirmInterval: 1001ms}", "1001ms",
        "`confirmInterval` is 1s1ms and must not be longer than the interval, 1s")]
    [InlineData("{ping: {}, watch: true}", "true",
        "`watch` needs an `http` or `tcp` check: only those have a connection to keep")]
    [InlineData("{external: {url: \"http://192.0.2.010/x\"}}", "\"http:",
        "`http://192.0.2.010/x` is not an http or https URL")]
    [InlineData("{http: {path: health}}", "health",
        "the path `health` must start with `/` and hold only printable ASCII without spaces")]
    [InlineData("{http: {path: /a b}}", "/a b", "the path `/a b` must start with `/` and hold only printable ASCII " +
        "without spaces")]
    [InlineData("{http: {path: /é}}", "/é", "the path `/é` must start with `/` and hold only printable ASCII without " +
        "spaces")]
    [InlineData("{http: {path: \"/\\x7f\"}}", "\"/", "the path `/\u007f` must start with `/` and hold only printable " +
        "ASCII without spaces")]
    [InlineData("{http: {method: get}}", "get", "`get` is not a request method such as GET")]
    [InlineData("{http: {method: \"\"}}", "\"\"", "`` is not a request method such as GET")]
    [InlineData("{http: {host: a..b}}", "a..b", "`a..b`: the name has an empty label (two dots in a row, or one at " +
        "the start)")]
    [InlineData("{http: {tls: {verify: false}}}", "{verify", "`tls` is given and `scheme` is http; write `scheme: " +
        "https`")]
    [InlineData("{http: {expectedStatus: []}}", "[]", "`expectedStatus` is empty: no answer could ever be healthy")]
    [InlineData("{http: {expectedStatus: [\"200\", \"99\"]}}", "\"99\"",
        "`99` is not a status such as \"401\" or a range such as \"200-299\"")]
    [InlineData("{http: {expectedStatus: [\"600\"]}}", "\"600\"",
        "`600` is not a status such as \"401\" or a range such as \"200-299\"")]
    [InlineData("{http: {expectedStatus: [\"300-299\"]}}", "\"300-299\"",
        "`300-299` is not a status such as \"401\" or a range such as \"200-299\"")]
    [InlineData("{http: {headers: {\"a:b\": x}}}", "{\"a:b\"", "`a:b` is not a header name")]
    [InlineData("{http: {headers: {\"a b\": x}}}", "{\"a b\"", "`a b` is not a header name")]
    [InlineData("{http: {headers: {\"\": x}}}", "{\"\"", "`` is not a header name")]
    [InlineData("{http: {headers: {a: \"x\\ny\"}}}", "{a", "the value of header `a` holds a line break")]
    [InlineData("{http: {headers: {a: \"x\\ry\"}}}", "{a", "the value of header `a` holds a line break")]
    [InlineData("{http: {headers: {a: \"x\\0y\"}}}", "{a", "the value of header `a` holds a line break")]
    [InlineData("{tcp: {expect: \"\"}}", "\"\"", "`expect` is empty: leave it out to accept any answer")]
    [InlineData("{grpc: {host: -a}}", "-a", "`-a`: label `-a` starts or ends with `-`")]
    [InlineData("{external: {}}", "{}", "exactly one of `file` and `url` is wanted")]
    [InlineData("{external: {file: x, url: \"http://a/\"}}", "{file", "exactly one of `file` and `url` is wanted")]
    [InlineData("{external: {url: \"ftp://a/\"}}", "\"ftp", "`ftp://a/` is not an http or https URL")]
    [InlineData("{external: {url: a/b}}", "a/b", "`a/b` is not an http or https URL")]
    [InlineData("{ping: {}, interval: 99ms}", "99ms", "field `interval` is 99ms and must be between 100ms and 1d")]
    [InlineData("{ping: {}, interval: 1d1ms}", "1d1ms", "field `interval` is 1d1ms and must be between 100ms and 1d")]
    [InlineData("{ping: {}, timeout: 9ms}", "9ms", "field `timeout` is 9ms and must be between 10ms and 1m")]
    [InlineData("{ping: {}, timeout: 61s}", "61s", "field `timeout` is 61s and must be between 10ms and 1m")]
    [InlineData("{ping: {}, unhealthyThreshold: 101}", "101", "field `unhealthyThreshold` is 101 and must be between " +
        "1 and 100")]
    [InlineData("{ping: {}, healthyThreshold: 0}", "0", "field `healthyThreshold` is 0 and must be between 1 and 100")]
    [InlineData("{ping: {}, damping: {maxFlaps: 1001}}", "1001", "field `maxFlaps` is 1001 and must be between 0 and " +
        "1000")]
    [InlineData("{ping: {}, damping: {window: 0s}}", "0s", "field `window` is 0s and must be between 1s and 1d")]
    public void A_fault_of_the_check(string spec, string at, string message) =>
        RuleCheck.HasFault("HealthCheck", spec, at, message);
}
