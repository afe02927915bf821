namespace Meridian.Addresses.Tests;

public sealed class EnumTextTests
{
    [Theory]
    [InlineData("Monday", DayOfWeek.Monday)]
    [InlineData("mONDAY", DayOfWeek.Monday)]
    [InlineData("Sunday", DayOfWeek.Sunday)]
    public void A_name_is_read_in_any_case(string text, DayOfWeek day)
    {
        Assert.True(EnumText.TryParse<DayOfWeek>(text, out var value));
        Assert.Equal(day, value);
        Assert.Equal(day, EnumText.Parse<DayOfWeek>(text));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("+1")]
    [InlineData("77")]
    [InlineData(" Monday")]
    [InlineData("Monday, Tuesday")]
    [InlineData("Moonday")]
    public void A_number_a_list_and_a_blank_are_no_names(string? text)
    {
        Assert.False(EnumText.TryParse<DayOfWeek>(text, out _));
        Assert.Throws<FormatException>(() => EnumText.Parse<DayOfWeek>(text ?? ""));
    }
}
