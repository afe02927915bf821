using Meridian.Model.Values;

namespace Meridian.Model.Tests.Values;

/// <summary>How many must agree.</summary>
public sealed class QuorumSizeTests
{
    [Theory]
    [InlineData("majority", 1, 1)]
    [InlineData("majority", 2, 2)]
    [InlineData("majority", 3, 2)]
    [InlineData("majority", 4, 3)]
    [InlineData("majority", 5, 3)]
    [InlineData("all", 5, 5)]
    [InlineData("one", 5, 1)]
    [InlineData("2", 5, 2)]
    [InlineData("7", 5, 5)] // no more than there are
    [InlineData("1000", 5, 5)]
    [InlineData("all", 0, 1)] // nobody decides nothing
    public void It_is_a_number_of_those_who_judge(string text, int voters, int size)
    {
        Assert.True(QuorumSize.TryParse(text, out var quorum));
        Assert.Equal(size, quorum.Of(voters));
    }

    [Theory]
    [InlineData("majority")]
    [InlineData("all")]
    [InlineData("one")]
    [InlineData("3")]
    public void It_is_written_as_it_is_read(string text)
    {
        Assert.True(QuorumSize.TryParse(text, out var quorum));
        Assert.Equal(text, quorum.ToString());
    }

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("1001")]
    [InlineData("1.5")]
    [InlineData("Majority")]
    [InlineData("")]
    [InlineData(null)]
    public void Anything_else_is_none(string? text) => Assert.False(QuorumSize.TryParse(text, out _));
}
