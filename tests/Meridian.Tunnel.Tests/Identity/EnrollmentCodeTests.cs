using Meridian.Tunnel.Identity;

namespace Meridian.Tunnel.Tests.Identity;

public sealed class EnrollmentCodeTests
{
    private static readonly string Secret = new('A', 22);
    private static readonly string Pin = new('A', 43);

    [Fact]
    public void A_code_is_read_as_it_was_written_and_no_two_are_the_same()
    {
        var code = EnrollmentCode.Make(Pin);
        Assert.Equal(code, EnrollmentCode.Parse($" {code}\n"));
        Assert.NotEqual(code, EnrollmentCode.Make(Pin));
    }

    [Fact]
    public void A_text_with_another_length_or_alphabet_is_no_code()
    {
        Assert.NotNull(EnrollmentCode.Parse($"{Secret}.{Pin}"));
        Assert.Null(EnrollmentCode.Parse(""));
        Assert.Null(EnrollmentCode.Parse(Secret));
        Assert.Null(EnrollmentCode.Parse($"{Secret}.{Pin}.{Pin}"));
        Assert.Null(EnrollmentCode.Parse($"{Secret}A.{Pin}"));
        Assert.Null(EnrollmentCode.Parse($"{Secret[1..]}.{Pin}"));
        Assert.Null(EnrollmentCode.Parse($"{Secret}.{Pin}A"));
        Assert.Null(EnrollmentCode.Parse($"{Secret}.{Pin[1..]}"));
        Assert.Null(EnrollmentCode.Parse($"+{Secret[1..]}.{Pin}"));
        Assert.Null(EnrollmentCode.Parse($"{Secret}./{Pin[1..]}"));
    }
}
