using Meridian.Tunnel.Connections;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests.Gateways;

public sealed class AdmittanceTests
{
    private const string Agent = "hanoi";

    private static readonly DateTimeOffset Until = new(2026, 5, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly EnrollmentProof Proof = new("secret", "request");

    [Fact]
    public void A_certificate_that_counts_now_may_do_everything_and_one_that_ended_may_only_be_renewed()
    {
        Assert.Equal(new ConnectionIdentity(Agent, Agent, Until), Admittance.OfCertificate(Agent, null, Until));
        Assert.Equal(new ConnectionIdentity(Agent, Agent, Until), Admittance.OfCertificate(Agent, "hue", Until));
        Assert.Equal(new ConnectionIdentity(null, Agent, Until), Admittance.OfCertificate(null, Agent, Until));
        Assert.Null(Admittance.OfCertificate(null, null, Until));
    }

    [Fact]
    public void A_connection_becomes_a_tunnel_only_with_a_certificate_that_counts_now()
    {
        Assert.Equal(AdmittanceDecision.Admit(Agent),
            Admittance.OfConnection(new ConnectionIdentity(Agent, Agent, Until)));
        var refusal = Refusal(AdmittanceReason.NoCertificate, "a certificate of an agent is needed");
        Assert.Equal(refusal, Admittance.OfConnection(new ConnectionIdentity(null, Agent, Until)));
        Assert.Equal(refusal, Admittance.OfConnection(ConnectionIdentity.Anonymous));
    }

    [Fact]
    public void The_first_tunnel_of_a_known_agent_is_admitted() =>
        Assert.Equal(AdmittanceDecision.Admit(Agent), OfTunnel(Grant(connections: 1)));

    [Fact]
    public void An_agent_without_a_TunnelAgent_is_refused_for_good_whatever_else_is_the_matter()
    {
        var decision = OfTunnel(null, isWithinRate: false, standing: [Tunnel("other")]);
        Assert.Equal(Refusal(AdmittanceReason.UnknownAgent, "there is no TunnelAgent hanoi"), decision);
        Assert.True(decision.IsPermanent);
    }

    [Fact]
    public void An_agent_that_comes_too_often_is_asked_to_wait_ten_seconds() =>
        Assert.Equal(Refusal(AdmittanceReason.TooOften, "agent hanoi comes too often", 10),
            OfTunnel(Grant(), isWithinRate: false, standing: [Tunnel("other")]));

    [Fact]
    public void Another_process_is_refused_without_replicas_and_admitted_with_them()
    {
        Assert.Equal(Refusal(AdmittanceReason.AnotherProcess,
                "another process is connected as hanoi; `replicas: true` allows several", 5),
            OfTunnel(Grant(), standing: [Tunnel("other")]));
        Assert.True(OfTunnel(Grant(replicas: true), standing: [Tunnel("other")]).IsAdmitted);
    }

    [Fact]
    public void Another_process_is_refused_as_long_as_one_of_the_other_s_tunnels_takes_connections()
    {
        Assert.False(OfTunnel(Grant(), standing: [Tunnel(), Tunnel("other")]).IsAdmitted);
        Assert.False(OfTunnel(Grant(), standing: [Tunnel("other", isMoved: true)]).IsAdmitted);
        Assert.True(OfTunnel(Grant(), standing: [Tunnel("other", isDraining: true)]).IsAdmitted);
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, false)]
    [InlineData(4, false)]
    public void An_agent_has_as_many_tunnels_as_it_may_and_no_more(int standing, bool admitted)
    {
        var decision = OfTunnel(Grant(connections: 3),
            standing: [.. Enumerable.Range(0, standing).Select(_ => Tunnel())]);
        Assert.Equal(admitted ? AdmittanceDecision.Admit(Agent)
            : Refusal(AdmittanceReason.TooManyTunnels, "agent hanoi has 3 tunnels here, and may not have more", 30),
            decision);
    }

    [Fact]
    public void Tunnels_that_drain_or_were_asked_to_move_do_not_count()
    {
        var limit = Grant(connections: 1);
        Assert.True(OfTunnel(limit, standing: [Tunnel(isDraining: true), Tunnel(isMoved: true)]).IsAdmitted);
        Assert.False(OfTunnel(limit, standing: [Tunnel(isDraining: true), Tunnel()]).IsAdmitted);
    }

    [Fact]
    public void Tunnels_of_the_process_that_is_taken_over_from_do_not_count()
    {
        var limit = Grant(connections: 1, replicas: true);
        Assert.True(OfTunnel(limit, standing: [Tunnel(started: 99)]).IsAdmitted);
        Assert.False(OfTunnel(limit, standing: [Tunnel(started: 100)]).IsAdmitted);
        Assert.False(OfTunnel(limit, standing: [Tunnel(started: 101)]).IsAdmitted);
        Assert.False(OfTunnel(limit, standing: [Tunnel("other", started: 99)]).IsAdmitted);
    }

    [Fact]
    public void A_proof_is_looked_at_within_the_rate_and_in_its_form_alone()
    {
        Assert.Null(Admittance.OfProof(true, Proof));
        var tooOften = Refusal(AdmittanceReason.TooOften, "too often; try again in a while");
        Assert.Equal(tooOften, Admittance.OfProof(false, Proof));
        Assert.Equal(tooOften, Admittance.OfProof(false, null));
        Assert.Equal(Refusal(AdmittanceReason.MalformedRequest,
                "send the code or token in the first line and a certificate request with an ECDSA key after it; "
                + "the code is not used up"), Admittance.OfProof(true, null));
    }

    [Fact]
    public void A_code_admits_the_agent_that_it_was_made_for()
    {
        Assert.Equal(AdmittanceDecision.Admit(Agent), Admittance.OfCode(new Redemption(Agent)));
        Assert.Equal(Refusal(AdmittanceReason.InvalidCode,
            "this code is none, has been used, or is older than an hour"), Admittance.OfCode(new Redemption(null)));
        Assert.Equal(Refusal(AdmittanceReason.NotStored,
            "that the code is used cannot be stored, so that it stands still; try again later: the disk is full"),
            Admittance.OfCode(new Redemption(null, "the disk is full")));
    }

    [Fact]
    public void A_token_admits_its_agent_or_says_why_not()
    {
        Assert.Equal(AdmittanceDecision.Admit(Agent), Admittance.OfToken(new Recognition(Agent, null)));
        Assert.Equal(Refusal(AdmittanceReason.InvalidToken, "it has expired"),
            Admittance.OfToken(new Recognition(null, "it has expired")));
        Assert.Equal(Refusal(AdmittanceReason.InvalidToken, "the token is refused"),
            Admittance.OfToken(new Recognition(null, null)));
    }

    [Fact]
    public void A_certificate_is_renewed_for_a_known_agent_within_its_rate()
    {
        Assert.Equal(AdmittanceDecision.Admit(Agent), Admittance.OfRenewal(Agent, true, true));
        Assert.Equal(Refusal(AdmittanceReason.NoCertificate, "a certificate of an agent is needed"),
            Admittance.OfRenewal(null, false, true));
        Assert.Equal(Refusal(AdmittanceReason.TooOften, "too often; try again in a while"),
            Admittance.OfRenewal(Agent, false, false));
        Assert.Equal(Refusal(AdmittanceReason.UnknownAgent, "there is no TunnelAgent hanoi"),
            Admittance.OfRenewal(Agent, true, false));
    }

    [Fact]
    public void Only_an_unknown_agent_is_refused_for_good()
    {
        var permanent = Enum.GetValues<AdmittanceReason>()
            .Where(r => new AdmittanceDecision(r, null, "", TimeSpan.Zero).IsPermanent);
        Assert.Equal([AdmittanceReason.UnknownAgent], permanent);
        var admitted = Enum.GetValues<AdmittanceReason>()
            .Where(r => new AdmittanceDecision(r, null, "", TimeSpan.Zero).IsAdmitted);
        Assert.Equal([AdmittanceReason.Admitted], admitted);
    }

    private static AdmittanceDecision OfTunnel(AgentGrant? grant, bool isWithinRate = true,
        params StandingTunnel[] standing) =>
        Admittance.OfTunnel(Agent, new Hello("own", "1", [], 100), grant, isWithinRate, standing);

    private static AgentGrant Grant(int connections = 8, bool replicas = false) =>
        new(connections, 2000, replicas, _ => true);

    private static StandingTunnel Tunnel(string instance = "own", long started = 100, bool isDraining = false,
        bool isMoved = false) =>
        new(instance, started, isDraining, isMoved);

    private static AdmittanceDecision Refusal(AdmittanceReason reason, string text, int seconds = 0) =>
        new(reason, null, text, TimeSpan.FromSeconds(seconds));
}
