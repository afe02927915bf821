using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests.Gateways;

public sealed class TunnelHubTests
{
    private const string Agent = "hanoi";

    private static readonly AdmittanceDecision Refused =
        AdmittanceDecision.Refuse(AdmittanceReason.TooManyTunnels, "full");

    private readonly TunnelHub _hub = new();

    [Fact]
    public void Of_many_tunnels_at_once_each_decision_sees_those_that_were_admitted_before()
    {
        var admitted = 0;
        Parallel.For(0, 200, _ =>
        {
            if (_hub.Admit(Session(), AtMost(3)).IsAdmitted)
                Interlocked.Increment(ref admitted);
        });
        Assert.Equal(3, admitted);
        Assert.Equal(3, _hub.Sessions[Agent].Length);
        Assert.Equal(3, _hub.Records[Agent].Connected);
    }

    [Fact]
    public void A_tunnel_that_never_stood_was_not_lost()
    {
        Assert.Equal((ServiceHealth.Down, "no tunnel to this node"), _hub.Of(Agent, "echo"));
        var session = Session();
        _hub.Admit(session, _ => Refused);
        Assert.False(_hub.HasStood(Agent));
        Assert.Equal((ServiceHealth.Down, "no tunnel to this node"), _hub.Of(Agent, "echo"));

        _hub.Admit(session, AtMost(1));
        Assert.True(_hub.HasStood(Agent));
        _hub.Remove(session);
        Assert.True(_hub.HasStood(Agent));
        Assert.Equal((ServiceHealth.Down, "tunnel lost"), _hub.Of(Agent, "echo"));
    }

    [Fact]
    public void A_refused_tunnel_is_not_added_and_changes_nothing()
    {
        var changes = 0;
        _hub.Changed += () => changes++;
        Assert.Same(Refused, _hub.Admit(Session(), _ => Refused));
        Assert.Empty(_hub.Sessions);
        Assert.Equal((0, 0), (changes, _hub.Records[Agent].Connected));
    }

    [Fact]
    public void A_tunnel_is_removed_once_and_its_agent_with_the_last_one()
    {
        var (first, second) = (Session(), Session());
        _hub.Admit(first, AtMost(2));
        _hub.Admit(second, AtMost(2));
        var changes = 0;
        _hub.Changed += () => changes++;
        _hub.Remove(first);
        _hub.Remove(first);
        Assert.Equal([second], _hub.Sessions[Agent]);
        _hub.Remove(second);
        Assert.Empty(_hub.Sessions);
        Assert.Equal(2, changes);
    }

    [Fact]
    public void The_decision_sees_what_each_tunnel_is_at()
    {
        var session = Session();
        _hub.Admit(session, AtMost(1));
        session.Drain();
        StandingTunnel[] seen = [];
        _hub.Admit(Session(), standing =>
        {
            seen = [.. standing];
            return Refused;
        });
        Assert.Equal([new StandingTunnel("", 0, true, false)], seen);
        Assert.Equal((ServiceHealth.Down, "tunnel lost"), _hub.Of(Agent, "echo"));
    }

    [Fact]
    public void Records_of_agents_that_are_gone_are_forgotten_and_others_stay()
    {
        _hub.RecordOf(Agent);
        _hub.RecordOf("hue");
        _hub.ForgetRecords(a => a == "hue");
        Assert.Equal([Agent], _hub.Records.Keys);
    }

    private static Func<IReadOnlyCollection<StandingTunnel>, AdmittanceDecision> AtMost(int count) =>
        standing => standing.Count < count ? AdmittanceDecision.Admit(Agent) : Refused;

    private TunnelSession Session() => new(Stream.Null, Agent, null, _hub.RecordOf(Agent), TimeProvider.System);
}
