using Meridian.Running;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Tests.Running;

public sealed class PlainFormatterTests
{
    [Fact]
    public void What_a_person_wrote_neither_begins_a_line_nor_moves_the_cursor()
    {
        var lines = Write("me says down: x\n12:00:00.000 info  all is well\u001b[2J", null);

        Assert.Equal([
            @"2026-01-01 00:00:00.000+00:00 warn  me says down: x\n12:00:00.000 info  all is well\u001b[2J"], lines);
    }

    [Fact]
    public void An_exception_is_indented() =>
        Assert.Equal(["2026-01-01 00:00:00.000+00:00 warn  odd", "    System.FormatException: a", "    b"],
            Write("odd", new FormatException("a\nb")));

    private static string[] Write(string message, Exception? exception)
    {
        using var written = new StringWriter();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
        time.SetLocalTimeZone(TimeZoneInfo.Utc);
        new PlainFormatter(time).Write(new LogEntry<string>(LogLevel.Warning, "test", default, message, exception,
            (state, _) => state), null, written);
        return written.ToString().TrimEnd('\n').Split('\n');
    }
}
