using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Meridian.Model.Resources;

namespace Meridian.Gateway.Tests.Retries;

public sealed class RetryRulesTests
{
    [Theory]
    [InlineData("GET", true)]
    [InlineData("HEAD", true)]
    [InlineData("PUT", true)]
    [InlineData("DELETE", true)]
    [InlineData("OPTIONS", true)]
    [InlineData("TRACE", true)]
    [InlineData("POST", false)]
    [InlineData("PATCH", false)]
    [InlineData("CONNECT", false)]
    [InlineData("get", false)]
    [InlineData("", false)]
    public void Idempotent_methods_may_reach_two_addresses(string method, bool may)
    {
        Assert.Equal(may, new RetryRules(Options(new GatewayRetry()), method).MayRepeat);
        Assert.True(new RetryRules(Options(new GatewayRetry { NonIdempotent = true }), method).MayRepeat);
    }

    [Theory]
    [InlineData("Reset", "reset", true)]
    [InlineData("Reset", "timeout", false)]
    [InlineData("Timeout", "timeout", true)]
    [InlineData("Timeout", "reset", false)]
    [InlineData("Malformed", "502", true)]
    [InlineData("Malformed", "503", false)]
    [InlineData("Status", "503", true)]
    public void A_failure_that_arrived_is_tried_again_for_the_reasons_of_the_route(
        string kind, string reason, bool may)
    {
        var options = Options(new GatewayRetry { Reasons = [reason] });
        var failure = new Failure(Enum.Parse<FailureKind>(kind), FailurePhase.FirstByte, "test", Arrived: true);
        Assert.Equal(may, new RetryRules(options, "GET").MayTryAgain(failure));
        Assert.False(new RetryRules(options, "POST").MayTryAgain(failure));
        Assert.True(new RetryRules(options, "POST").MayTryAgain(failure with { Arrived = false }));
    }

    [Theory]
    [InlineData(429, false, true)]
    [InlineData(429, true, true)]
    [InlineData(503, true, true)]
    [InlineData(503, false, false)]
    [InlineData(502, true, false)]
    [InlineData(200, true, false)]
    public void An_address_says_that_it_is_full_with_429_or_with_503_and_Retry_After(
        int status, bool field, bool full) =>
        Assert.Equal(full, Options(new GatewayRetry()).SaysFull(status, field));

    [Fact]
    public void A_quota_of_the_client_says_nothing_of_the_address()
    {
        var options = RouteOptions.Of(new EndpointGateway
        {
            Profile = GatewayProfile.Inference,
            Upstream = new GatewayUpstream { TooManyRequests = LimitScope.Client },
        });
        Assert.False(options.SaysFull(429, hasRetryAfter: true));
        Assert.True(options.SaysFull(503, hasRetryAfter: true));
        Assert.DoesNotContain(429, options.RetriedStatuses.ToArray());
        Assert.Contains(503, options.RetriedStatuses.ToArray());
    }

    [Theory]
    [InlineData("POST", GatewayProfile.Inference, "", false)]
    [InlineData("GET", GatewayProfile.Inference, "", true)]
    [InlineData("POST", GatewayProfile.Inference, "reset", false)]
    [InlineData("POST", GatewayProfile.Inference, "timeout", true)]
    [InlineData("POST", GatewayProfile.Opaque, "", false)]
    public void A_request_that_is_not_idempotent_is_not_sent_again_because_its_address_is_slow(
        string method, GatewayProfile profile, string reason, bool may)
    {
        var options = Options(new GatewayRetry { Reasons = reason.Length > 0 ? [reason] : [] }, profile);
        var slow = new Failure(FailureKind.Timeout, FailurePhase.FirstByte, "test", Arrived: true);
        Assert.Equal(may, new RetryRules(options, method).MayTryAgain(slow));
    }

    [Fact]
    public void A_time_for_one_try_asks_for_another_one_after_it()
    {
        var options = Options(new GatewayRetry { PerTryTimeout = TimeSpan.FromSeconds(5) }, GatewayProfile.Inference);
        var slow = new Failure(FailureKind.Timeout, FailurePhase.FirstByte, "test", Arrived: true);
        Assert.True(new RetryRules(options, "POST").MayTryAgain(slow));
    }

    private static RouteOptions Options(GatewayRetry retry, GatewayProfile profile = GatewayProfile.Opaque) =>
        RouteOptions.Of(new EndpointGateway { Profile = profile, Retry = retry });
}
