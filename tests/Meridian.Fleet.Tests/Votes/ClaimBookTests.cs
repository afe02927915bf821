using Meridian.Fleet.Votes;
using Meridian.Model.Verdicts;
using Meridian.State.Shared;

namespace Meridian.Fleet.Tests.Votes;

/// <summary>What a node says to the others, and how little of it.</summary>
public sealed class ClaimBookTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly Verdict Up = new(VerdictState.Up, Start, "200");
    private static readonly Verdict Down = new(VerdictState.Down, Start, "refused (3 of 3)");

    private readonly ClaimBook _book = new("n1");
    private readonly SortedDictionary<string, string> _written = new(StringComparer.Ordinal);

    [Fact]
    public void Of_what_is_up_or_unknown_it_says_nothing()
    {
        Follow(3, "fra");

        Write(_book.Set(Id(0), Verdict.Unknown));
        Write(_book.Set(Id(1), Up));

        Assert.Empty(_written);
    }

    [Fact]
    public void What_is_down_is_said_and_taken_back_when_it_is_up()
    {
        Follow(3, "fra");
        Write(_book.Set(Id(1), Down));

        Assert.Equal(["claims/n1/0000000000000001"], _written.Keys);
        Assert.Equal("""{"state":"down","since":"2026-01-01T00:00:00+00:00","reason":"refused (3 of 3)"}""",
            _written.Values.Single());

        Write(_book.Set(Id(1), Up));
        Assert.Empty(_written);
    }

    [Fact]
    public void A_doubt_is_said_too()
    {
        Follow(3, "fra");
        Write(_book.Set(Id(1), Up with { Suspected = true }));

        Assert.Contains("\"suspect\"", _written["claims/n1/0000000000000001"], StringComparison.Ordinal);
    }

    [Fact]
    public void A_site_that_is_down_as_a_whole_is_one_word()
    {
        Follow(8, "fra");
        for (var i = 0; i < 8; i++)
            Write(_book.Set(Id(i), Down));

        Assert.Equal(["groups/n1/fra"], _written.Keys);
    }

    [Theory]
    [InlineData(7, "fra")]
    [InlineData(8, null)]
    public void Few_targets_or_targets_without_a_site_are_said_one_by_one(int count, string? site)
    {
        Follow(count, site);
        for (var i = 0; i < count; i++)
            Write(_book.Set(Id(i), Down));

        Assert.Equal(count, _written.Keys.Count(k => k.StartsWith("claims/", StringComparison.Ordinal)));
        Assert.Equal(count, _written.Count);
    }

    [Fact]
    public void What_comes_back_first_is_an_exception_to_the_word_on_its_site()
    {
        Follow(8, "fra");
        for (var i = 0; i < 8; i++)
            Write(_book.Set(Id(i), Down));
        Write(_book.Set(Id(3), Up));

        Assert.Equal(["claims/n1/0000000000000003", "groups/n1/fra"], _written.Keys);
        Assert.Contains("\"up\"", _written["claims/n1/0000000000000003"], StringComparison.Ordinal);

        Write(_book.Set(Id(3), Down));
        Assert.Equal(["groups/n1/fra"], _written.Keys);
    }

    [Fact]
    public void When_most_are_back_the_word_on_the_site_is_taken_back_after_those_on_the_rest_are_said()
    {
        Follow(8, "fra");
        for (var i = 0; i < 8; i++)
            Write(_book.Set(Id(i), Down));
        for (var i = 0; i < 4; i++)
            Write(_book.Set(Id(i), Up));
        Assert.Contains("groups/n1/fra", _written.Keys);

        var writes = _book.Set(Id(4), Up).ToArray();
        Write(writes);

        Assert.Equal([5, 6, 7], _written.Keys.Select(k => Convert.ToInt32(k[^1..], 16)));
        Assert.All(_written.Keys, k => Assert.StartsWith("claims/n1/", k, StringComparison.Ordinal));
        Assert.True(Array.FindLastIndex(writes, w => w.Value is not null)
            < Array.FindIndex(writes, w => w.Key == "groups/n1/fra"));
    }

    [Fact]
    public void Of_what_is_gone_nothing_is_said_any_more()
    {
        Follow(3, "fra");
        Write(_book.Set(Id(2), Down));
        Follow(2, "fra");

        Assert.Empty(_written);
        Assert.Empty(_book.Set(Id(2), Down));
    }

    [Fact]
    public void What_is_followed_is_said_as_it_is()
    {
        Write(_book.Follow(Enumerable.Range(0, 8).Select(i => (Id(i), (string?)"fra", Down))));
        Assert.Equal(["groups/n1/fra"], _written.Keys);

        Write(_book.Follow(Enumerable.Range(0, 9).Select(i => (Id(i), (string?)"fra", i < 8 ? Down : Up))));
        Assert.Equal(8, _written.Count);
        Assert.DoesNotContain("groups/n1/fra", _written.Keys);
    }

    [Fact]
    public void Whatever_happens_the_others_read_what_the_node_sees()
    {
        var random = new Random(7);
        var states = Enumerable.Repeat(Up, 20).ToArray();
        Follow(20, "fra");
        for (var step = 0; step < 5000; step++)
        {
            var i = random.Next(20);
            states[i] = random.Next(step % 500 < 250 ? 8 : 2) == 0 ? Up : Down;
            Write(_book.Set(Id(i), states[i]));

            Assert.Equal(states.Select(s => s.State == VerdictState.Down),
                Enumerable.Range(0, 20).Select(IsReadAsDown));
        }
    }

    private bool IsReadAsDown(int i)
    {
        var text = _written.GetValueOrDefault($"claims/n1/{Id(i)}") ?? _written.GetValueOrDefault("groups/n1/fra");
        return text?.Contains("\"down\"", StringComparison.Ordinal) ?? false;
    }

    private void Follow(int count, string? site) =>
        Write(_book.Follow(Enumerable.Range(0, count).Select(i => (Id(i), site, Up))));

    private void Write(IEnumerable<SharedWrite> writes)
    {
        foreach (var (key, value, _) in writes)
        {
            if (value is null)
                _written.Remove(key);
            else
                _written[key] = value;
        }
    }

    private static TargetId Id(int i) => new((ulong)i);
}
