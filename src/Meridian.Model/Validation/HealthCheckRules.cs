using Meridian.Addresses;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

internal static class HealthCheckRules
{
    public static void Check(HealthCheck check, Reporter report)
    {
        object?[] kinds = [check.Http, check.Tcp, check.Ping, check.Grpc, check.External];
        if (kinds.Count(k => k is not null) != 1)
            report.Fault(check, "", "exactly one of `http`, `tcp`, `ping`, `grpc`, `external` is wanted, and " +
                $"{(kinds.All(k => k is null) ? "none" : "more than one")} is given");
        if (check.ConfirmInterval > check.Interval)
            report.Fault(check, "confirmInterval",
                $"`confirmInterval` is {Durations.Format(check.ConfirmInterval)} and must not be " +
                $"longer than the interval, {Durations.Format(check.Interval)}");
        if (check.Watch == true && check.Http is null && check.Tcp is null)
            report.Fault(check, "watch",
                "`watch` needs an `http` or `tcp` check: only those have a connection to keep");
        if (check.Http is { } http)
            CheckHttp(http, report);
        if (check.Tcp is { Expect: "" } tcp)
            report.Fault(tcp, "expect", "`expect` is empty: leave it out to accept any answer");
        if (check.Grpc?.Host is { } host)
            report.HostName(host, check.Grpc, "host");
        if (check.External is { } external)
            CheckExternal(external, report);
    }

    private static void CheckHttp(HttpCheck http, Reporter report)
    {
        if (!HttpPath.IsValid(http.Path))
            report.Fault(http, "path",
                $"the path `{http.Path}` must start with `/` and hold only printable ASCII without spaces");
        if (http.Method.Length == 0 || !http.Method.All(c => char.IsAsciiLetterUpper(c) || c == '-'))
            report.Fault(http, "method", $"`{http.Method}` is not a request method such as GET");
        if (http.Host is { } host)
            report.AddressOrName(host, http, "host");
        if (http.Scheme == HttpScheme.Http && http.Tls != new TlsCheck())
            report.Fault(http, "tls", "`tls` is given and `scheme` is http; write `scheme: https`");
        if (http.ExpectedStatus.IsEmpty)
            report.Fault(http, "expectedStatus", "`expectedStatus` is empty: no answer could ever be healthy");
        for (var i = 0; i < http.ExpectedStatus.Length; i++)
        {
            if (!StatusRange.TryParse(http.ExpectedStatus[i], out _))
                report.Fault(http, "expectedStatus", i,
                    $"`{http.ExpectedStatus[i]}` is not a status such as \"401\" or a range such as \"200-299\"");
        }

        foreach (var (name, value) in http.Headers)
        {
            if (name.Length == 0 || !name.All(c => c is > ' ' and <= '~' and not ':'))
                report.Fault(http, "headers", $"`{name}` is not a header name");
            if (value.Any(c => c is '\r' or '\n' or '\0'))
                report.Fault(http, "headers", $"the value of header `{name}` holds a line break");
        }
    }

    private static void CheckExternal(ExternalCheck external, Reporter report)
    {
        if (external.File is null == external.Url is null)
            report.Fault(external, "", "exactly one of `file` and `url` is wanted");
        if (external.Url is { } url && !UrlText.TryParseHttp(url, out _))
            report.Fault(external, "url", $"`{url}` is not an http or https URL");
    }
}
