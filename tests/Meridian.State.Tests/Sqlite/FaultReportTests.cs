using Meridian.State.Sqlite;

namespace Meridian.State.Tests.Sqlite;

public sealed class FaultReportTests
{
    private readonly List<string> _alarms = [];
    private readonly FaultReport _fault;

    public FaultReportTests() => _fault = new FaultReport(_alarms.Add);

    [Fact]
    public void A_fault_is_told_when_it_begins_or_changes_and_ends()
    {
        Assert.Null(_fault.Current);
        Assert.Equal("full", _fault.Raise("full"));
        _fault.Raise("full");
        _fault.Raise("gone");
        Assert.Equal("gone", _fault.Current);
        Assert.Equal(["full", "gone"], _alarms);

        _fault.Clear();
        Assert.Null(_fault.Current);
    }

    [Fact]
    public void Every_loss_stays()
    {
        _fault.RaiseLoss("a was lost");
        _fault.RaiseLoss("b was lost");
        _fault.RaiseLoss("a was lost");
        Assert.Equal(["a was lost", "b was lost"], _alarms);

        _fault.Raise("full");
        Assert.Equal("full; a was lost; b was lost", _fault.Current);
        _fault.Clear();
        Assert.Equal("a was lost; b was lost", _fault.Current);
    }
}
