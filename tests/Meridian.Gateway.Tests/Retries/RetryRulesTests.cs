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
        Assert.Equal(full, RouteOptions.SaysFull(status, field));

    private static RouteOptions Options(GatewayRetry retry) =>
        RouteOptions.Of(new EndpointGateway { Profile = GatewayProfile.Opaque, Retry = retry });
}
