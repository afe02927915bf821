using Meridian.State.Etcd;

namespace Meridian.State.Tests.Etcd;

public sealed class EtcdSurveyTests : IDisposable
{
    private static readonly EtcdOptions Options = new() { Endpoints = ["127.0.0.1:1"] };
    private static readonly EtcdMemberStatus Sound = new("a:2379", null)
    {
        IsReached = true,
        Cluster = "1",
        HasLeader = true,
        IsLeader = true,
        SizeBytes = 10 << 20,
        QuotaBytes = 100 << 20,
    };

    private static readonly EtcdMemberStatus Away = new("b:2379", "refused");

    private readonly EtcdFaults _faults = new();
    private readonly EtcdChannels _channels = new(Options, TimeProvider.System, new Random(1));
    private readonly EtcdSurvey _survey;

    public EtcdSurveyTests() => _survey = new EtcdSurvey(Options, _channels,
        new EtcdCalls(Options, new EtcdIdentity(_faults), new EtcdCredentials(Options), TimeProvider.System),
        _faults, TimeProvider.System);

    public void Dispose() => _channels.Dispose();

    [Fact]
    public void Members_that_are_well_are_no_fault()
    {
        Report(Sound, Away);

        Assert.Null(_faults.Text);
    }

    [Fact]
    public void A_database_above_half_of_its_quota_is_a_fault_until_it_is_smaller()
    {
        Report(Sound, Sound with { Endpoint = "c:2379", SizeBytes = 51 << 20 });
        Assert.Equal("the database of etcd at c:2379 holds 51 MiB, more than half of its quota of 100 MiB: compact and "
            + "defragment it", _faults.Text);

        Report(Sound);
        Assert.Null(_faults.Text);
    }

    [Fact]
    public void Alarms_are_faults_and_silence_takes_none_back()
    {
        Report(Sound with { Alarms = ["NOSPACE"] }, Sound with { Alarms = ["CORRUPT"] });
        var text = _faults.Text;
        Assert.Contains("NOSPACE", text, StringComparison.Ordinal);
        Assert.Contains("CORRUPT", text, StringComparison.Ordinal);

        Report(Away, Away);
        Assert.Equal(text, _faults.Text);
    }

    [Fact]
    public void A_cluster_is_sound_with_a_majority_of_one_cluster_and_a_leader()
    {
        Assert.True(new EtcdStoreStatus([Sound, Sound, Away]).IsSound);
        Assert.False(new EtcdStoreStatus([Sound, Away, Away]).IsSound);
        Assert.False(new EtcdStoreStatus([Sound, Sound with { Cluster = "2" }, Away]).IsSound);
        Assert.False(new EtcdStoreStatus([Sound with { HasLeader = false }]).IsSound);
        Assert.False(new EtcdStoreStatus([Sound, Sound with { Trouble = "NOSPACE" }]).IsSound);
    }

    private void Report(params EtcdMemberStatus[] members) => _survey.Report(new EtcdStoreStatus([.. members]));
}
