using Meridian.Gateway.Retries;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Gateway.Tests.Retries;

public sealed class ShareBudgetTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly ShareBudget _budget;

    public ShareBudgetTests() => _budget = new ShareBudget(_time);

    [Fact]
    public void A_share_of_the_requests_may_be_spent()
    {
        Count(100);
        Assert.Equal(20, Spend(0.2, always: 0));
        Assert.False(_budget.TrySpend(0.2, always: 0));
        Assert.Equal(0, _budget.Left(0.2, always: 0));
        Count(4);
        Assert.False(_budget.TrySpend(0.2, always: 0));
        Count(1);
        Assert.True(_budget.TrySpend(0.2, always: 0));
    }

    [Fact]
    public void A_few_a_second_are_allowed_whatever_the_share()
    {
        Assert.Equal(30, _budget.Left(0.2, always: 3));
        Assert.Equal(30, Spend(0.2, always: 3));
        Count(150);
        Assert.Equal(0, _budget.Left(0.2, always: 3));
        Count(5);
        Assert.Equal(1, _budget.Left(0.2, always: 3));
    }

    [Fact]
    public void What_is_left_is_never_less_than_nothing()
    {
        Count(10);
        Spend(1, always: 0);
        Assert.Equal(0, _budget.Left(0.1, always: 0));
    }

    [Fact]
    public void Requests_and_repetitions_count_for_ten_seconds()
    {
        Count(10);
        Assert.Equal(10, Spend(1, always: 0));
        _time.Advance(TimeSpan.FromSeconds(1));
        Count(5);
        Assert.Equal(5, _budget.Left(1, always: 0));
        _time.Advance(TimeSpan.FromSeconds(8));
        Assert.Equal(5, _budget.Left(1, always: 0));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(5, _budget.Left(1, always: 0));
        Assert.Equal(2.5, _budget.Left(0.5, always: 0));
        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(0, _budget.Left(1, always: 0));
    }

    [Fact]
    public void What_came_before_a_pause_does_not_count_after_it()
    {
        Count(10);
        Assert.Equal(5, Spend(0.5, always: 0));
        _time.Advance(TimeSpan.FromSeconds(15));
        Assert.Equal(0, _budget.Left(1, always: 0));
        Assert.Equal(30, _budget.Left(1, always: 3));
    }

    private void Count(int requests)
    {
        for (var i = 0; i < requests; i++)
            _budget.Count();
    }

    private int Spend(double share, int always)
    {
        var spent = 0;
        while (_budget.TrySpend(share, always))
            spent++;
        return spent;
    }
}
