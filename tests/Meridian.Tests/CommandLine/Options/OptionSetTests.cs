using System.CommandLine;
using System.Net;
using Meridian.CommandLine.Options;
using Meridian.Running;

namespace Meridian.Tests.CommandLine.Options;

public sealed class OptionSetTests
{
    [Fact]
    public void Without_options_a_node_answers_DNS_on_loopback_and_opens_nothing_else()
    {
        var options = Apply("");

        Assert.Equal([IPEndPoint.Parse("127.0.0.1:5300")], options.Dns);
        Assert.Empty(options.DnsTls);
        Assert.Empty(options.DnsHttps);
        Assert.Equal((500, 100), (options.RateLimit, options.QueryLogSample));
        Assert.Null(options.Gateway);
        Assert.Null(options.Tunnel);
        Assert.Null(options.Kubernetes);
        Assert.Equal(IPEndPoint.Parse("127.0.0.1:8053"), options.Management.EndPoint);
        Assert.Null(options.Management.Health);
        Assert.Equal(TimeSpan.FromSeconds(5), options.Handover);
    }

    [Theory]
    [InlineData("--handover 3600", 3600)]
    [InlineData("--handover 3601", 3600)]
    [InlineData("--handover 0", 0)]
    [InlineData("--handover -1", 0)]
    public void A_handover_takes_an_hour_at_most(string arguments, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Apply(arguments).Handover);

    [Fact]
    public void Limits_of_DNS_are_never_below_nothing()
    {
        var options = Apply("--rate-limit -5 --query-log-sample 0");

        Assert.Equal((0, 1), (options.RateLimit, options.QueryLogSample));
    }

    [Theory]
    [InlineData("--dns-tls 127.0.0.1:853", "DNS over TLS or HTTPS needs --dns-cert and --dns-key")]
    [InlineData("--dns-https 127.0.0.1:443 --dns-cert a", "DNS over TLS or HTTPS needs --dns-cert and --dns-key")]
    [InlineData("--dns-tls 127.0.0.1:853 --dns-cert /missing --dns-key /missing", "the certificate /missing cannot be")]
    [InlineData("--gateway-tls 127.0.0.1:8443", "--gateway-tls needs --gateway-cert")]
    [InlineData("--gateway 127.0.0.1:80 --gateway-trust 10.0.0.0/33", "--gateway-trust: `10.0.0.0/33` is not a")]
    [InlineData("--gateway 127.0.0.1:80 --gateway-trust 10.0.0.1/8", "--gateway-trust: `10.0.0.1/8` has bits set")]
    [InlineData("--traces collector", "--traces collector is not a URL")]
    [InlineData("--kubeconfig file", "--kubeconfig is for --kubernetes")]
    [InlineData("--management-token-file /missing", "the token file /missing cannot be read")]
    public void What_does_not_go_together_is_refused_with_the_reason(string arguments, string reason) =>
        Assert.StartsWith(reason, Assert.Throws<StartException>(() => Apply(arguments)).Message);

    [Fact]
    public void A_gateway_is_made_of_all_of_its_options()
    {
        var gateway = Apply("--gateway 127.0.0.1:1 127.0.0.1:2 --gateway-tls [::1]:3 --gateway-cert a b "
            + "--tcp 127.0.0.1:22000-22009 --gateway-trust 10.0.0.0/8").Gateway;

        Assert.NotNull(gateway);
        Assert.Equal((2, 1, 2, 1, 1), (gateway.Http.Length, gateway.Https.Length, gateway.Certificates.Length,
            gateway.Tcp.Length, gateway.Trusted.Length));
    }

    [Fact]
    public void Ports_alone_are_a_gateway_too() =>
        Assert.NotNull(Apply("--tcp 127.0.0.1:22000-22009").Gateway);

    [Theory]
    [InlineData("--tunnel 127.0.0.1:7443 --state /state", "/state")]
    [InlineData("--tunnel 127.0.0.1:7443 --state /state --tunnel-authority /authority", "/authority")]
    public void The_authority_of_tunnels_is_in_the_state_folder_by_default(string arguments, string folder) =>
        Assert.Equal(folder, Apply(arguments).Tunnel?.AuthorityFolder);

    [Fact]
    public void No_option_is_declared_twice()
    {
        var names = Sets().SelectMany(s => s.Options).Select(o => o.Name).ToArray();
        Assert.Equal(names.Distinct(), names);
    }

    private static IOptionSet[] Sets()
    {
        var node = new NodeOptionSet();
        return
        [
            new SourceOptionSet(), new DnsOptionSet(), new GatewayOptionSet(), new TunnelOptionSet(node),
            new ManagementOptionSet(), node,
        ];
    }

    private static NodeOptions Apply(string arguments)
    {
        var sets = Sets();
        var command = new RootCommand();
        foreach (var option in sets.SelectMany(s => s.Options))
            command.Options.Add(option);
        var result = command.Parse(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Empty(result.Errors);
        var none = new NodeOptions { Configuration = [], StateFolder = "" };
        return sets.Aggregate(none, (options, set) => set.Apply(options, result));
    }
}
