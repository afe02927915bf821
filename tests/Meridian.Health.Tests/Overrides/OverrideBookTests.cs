using Meridian.Health.Overrides;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Tests.Overrides;

public sealed class OverrideBookTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Wildcards_match_and_the_latest_override_applies()
    {
        var book = Book(("site/h*", OverrideState.Down), ("pool/web-*", OverrideState.Up),
            ("pool/nothing", OverrideState.Down));

        Assert.Equal(OverrideState.Up, book.Find("web-1", "10.0.0.1", "hanoi")!.State);
        Assert.Equal(OverrideState.Down, book.Find("db", "10.0.0.1", "hanoi")!.State);
        Assert.Null(book.Find("db", "10.0.0.1", "frankfurt"));
        Assert.Null(book.Find("db", "10.0.0.1", null));
    }

    [Fact]
    public void Another_override_of_the_same_target_replaces_the_first_and_becomes_the_latest()
    {
        var book = Book(("pool/a", OverrideState.Down), ("pool/*", OverrideState.Up), ("pool/a", OverrideState.Drain));

        Assert.Equal(2, book.Overrides.Length);
        Assert.Equal(OverrideState.Drain, book.Find("a", "10.0.0.1", null)!.State);
    }

    [Fact]
    public void An_override_is_cleared_by_its_exact_target()
    {
        var book = Book(("pool/a", OverrideState.Down), ("pool/*", OverrideState.Up));

        Assert.Equal("pool/a", Assert.Single(book.Without(Target("pool/*")).Overrides).Target.Text);
        Assert.Equal(2, book.Without(Target("pool/a*")).Overrides.Length);
    }

    [Fact]
    public void An_override_ends_when_it_expires_and_the_others_stay()
    {
        var book = Book(("pool/b", OverrideState.Up))
            .With(Override("pool/a", OverrideState.Down, Now.AddMinutes(1)));

        Assert.Same(book, book.At(Now.AddMinutes(1).AddTicks(-1)));
        Assert.Equal("pool/b", Assert.Single(book.At(Now.AddMinutes(1)).Overrides).Target.Text);
        Assert.Same(OverrideBook.Empty, OverrideBook.Empty.At(Now));
    }

    private static OverrideBook Book(params (string Target, OverrideState State)[] overrides) =>
        overrides.Aggregate(OverrideBook.Empty, (book, o) => book.With(Override(o.Target, o.State)));

    private static Override Override(string target, OverrideState state, DateTimeOffset? expires = null) =>
        new(Target(target), state, "me", "test", Now, expires);

    private static OverrideTarget Target(string text)
    {
        Assert.True(OverrideTarget.TryParse(text, out var target, out _));
        return target;
    }
}
