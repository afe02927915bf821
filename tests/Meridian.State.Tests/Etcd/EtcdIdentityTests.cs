using Etcdserverpb;
using Meridian.State.Etcd;

namespace Meridian.State.Tests.Etcd;

public sealed class EtcdIdentityTests
{
    private readonly EtcdFaults _faults = new();
    private readonly EtcdIdentity _identity;

    public EtcdIdentityTests() => _identity = new EtcdIdentity(_faults);

    [Fact]
    public void An_answer_that_was_asked_for_before_another_came_is_not_a_step_back()
    {
        var early = _identity.Mark;
        Advance(10);

        _identity.Advance("a", early, Header(9));

        Assert.Equal((0, null), (_identity.Epoch, _faults.Text));
        Assert.Equal(10, _identity.Mark.Revision);
    }

    [Fact]
    public void A_step_back_begins_an_epoch_and_stands_until_it_is_passed()
    {
        Advance(10);

        Advance(4);
        Assert.Equal(1, _identity.Epoch);
        Assert.Contains("from revision 10 to 4", _faults.Text, StringComparison.Ordinal);
        Advance(5);
        Advance(10);
        Assert.NotNull(_faults.Text);
        Advance(11);

        Assert.Equal((1, null), (_identity.Epoch, _faults.Text));
    }

    [Fact]
    public void A_lower_term_is_a_step_back_whatever_the_revision()
    {
        Advance(10, term: 7);

        Advance(30, term: 2);

        Assert.Equal(1, _identity.Epoch);
        Assert.NotNull(_faults.Text);
        Advance(31, term: 2);
        Assert.Null(_faults.Text);
    }

    [Fact]
    public void A_second_step_back_is_another_epoch()
    {
        Advance(10);
        Advance(4);

        Advance(3);

        Assert.Equal(2, _identity.Epoch);
        Advance(11);
        Assert.Null(_faults.Text);
    }

    [Fact]
    public void Another_cluster_is_refused_and_leaves_no_mark()
    {
        Advance(10);

        Assert.Throws<EtcdException>(() => _identity.Advance("b", _identity.Mark, Header(50, cluster: 2)));
        Assert.Throws<EtcdException>(() => _identity.Check("b", Header(50, cluster: 2)));

        Assert.Equal(10, _identity.Mark.Revision);
        Assert.Contains("etcd at b is another cluster", _faults.Text, StringComparison.Ordinal);
        _identity.Advance("b", _identity.Mark, Header(10)); // it has come back as what it was
        Assert.Null(_faults.Text);
    }

    [Fact]
    public void An_answer_that_names_no_cluster_is_refused()
    {
        Assert.Throws<EtcdException>(() => _identity.Advance("a", _identity.Mark, null));
        Assert.Throws<EtcdException>(() => _identity.Advance("a", _identity.Mark, Header(1, cluster: 0)));
        Assert.Throws<EtcdException>(() => _identity.Check("a", Header(1)));
        Assert.Null(_faults.Text);
    }

    private void Advance(long revision, ulong term = 2) =>
        _identity.Advance("a", _identity.Mark, Header(revision, 1, term));

    private static ResponseHeader Header(long revision, ulong cluster = 1, ulong term = 2) =>
        new() { ClusterId = cluster, Revision = revision, RaftTerm = term };
}
