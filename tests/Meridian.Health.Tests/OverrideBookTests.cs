using Meridian.Health.Overrides;
using Meridian.Model.Verdicts;

namespace Meridian.Health.Tests;

/// <summary>Scenarios 32 and 33: a person's word.</summary>
public sealed class OverrideBookTests
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UnixEpoch;

    [Fact]
    public void Globs_match_and_the_last_word_stands()
    {
        var book = OverrideBook.Empty.With(Word("site/h*", OverrideState.Down))
            .With(Word("pool/web-*", OverrideState.Up)).With(Word("pool/nothing", OverrideState.Down));

        Assert.Equal(OverrideState.Up, book.Find("web-1", "10.0.0.1", "hanoi")!.State);
        Assert.Equal(OverrideState.Down, book.Find("db", "10.0.0.1", "hanoi")!.State);
        Assert.Null(book.Find("db", "10.0.0.1", "frankfurt"));
    }

    [Fact]
    public void A_new_word_on_the_same_target_replaces_the_old_one_and_becomes_the_last()
    {
        var book = OverrideBook.Empty.With(Word("pool/a", OverrideState.Down)).With(Word("pool/*", OverrideState.Up))
            .With(Word("pool/a", OverrideState.Drain));

        Assert.Equal(2, book.Overrides.Length);
        Assert.Equal(OverrideState.Drain, book.Find("a", "10.0.0.1", null)!.State);
    }

    [Fact]
    public void A_word_ends_when_it_expires()
    {
        var book = OverrideBook.Empty.With(Word("pool/a", OverrideState.Down, Now.AddMinutes(1)));

        Assert.Same(book, book.At(Now.AddSeconds(59)));
        Assert.Empty(book.At(Now.AddMinutes(1)).Overrides);
    }

    private static Override Word(string target, OverrideState state, DateTimeOffset? expires = null)
    {
        Assert.True(OverrideTarget.TryParse(target, out var parsed, out _));
        return new Override(parsed, state, "me", "test", Now, expires);
    }
}
