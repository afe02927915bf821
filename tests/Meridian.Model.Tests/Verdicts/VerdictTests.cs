using Meridian.Model.Verdicts;

namespace Meridian.Model.Tests.Verdicts;

public sealed class VerdictTests
{
    [Fact]
    public void The_reason_of_a_verdict_is_bounded_and_fit_to_be_shown()
    {
        var verdict = new Verdict(VerdictState.Down, DateTimeOffset.UnixEpoch, "a\u001bb");

        Assert.Equal(@"a\u001bb", verdict.Reason);
        Assert.Equal(Verdict.MaxReason, (verdict with { Reason = new string('x', 10_000) }).Reason.Length);
    }
}
