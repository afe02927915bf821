using System.Text;
using Meridian.Gateway.Forwarding;

namespace Meridian.Gateway.Tests.Forwarding;

public sealed class EventTailTests
{
    [Theory]
    [InlineData("data: 1\n\n", "")]
    [InlineData("data: 1\r\n\r\n", "")]
    [InlineData("data: 1\r\r", "")]
    [InlineData("data: 1\n\r\n", "")]
    [InlineData("data: 1\r\n\n", "")]
    [InlineData("data: 1\n\ndata: Transfer $1", "data: Transfer $1")]
    [InlineData("data: 1\n\ndata: Transfer $1\n", "data: Transfer $1\n")]
    [InlineData("data: 1\r\n\r\ndata: 2\r\n", "data: 2\r\n")]
    [InlineData("data: 1\n\nid: 2\nevent: x\ndata: a\ndata: b\n", "id: 2\nevent: x\ndata: a\ndata: b\n")]
    [InlineData("data", "data")]
    [InlineData(": alive\n", "")]
    [InlineData(":\r\n:\r\n", "")]
    [InlineData(": aliv", ": aliv")]
    [InlineData("data: 1\n: alive\n", "data: 1\n: alive\n")]
    [InlineData("\n\n\n", "")]
    public void What_follows_the_last_complete_event_is_held_back_however_it_comes(string stream, string held)
    {
        for (var size = 1; size <= stream.Length; size++)
        {
            using var tail = new EventTail();
            Assert.Equal(stream[..^held.Length], Pass(tail, stream, size));
            Assert.Equal(held, Encoding.ASCII.GetString(tail.Held.Span));
        }
    }

    [Fact]
    public void Nothing_is_lost_or_changed_of_a_stream_of_any_form()
    {
        var random = new Random(1);
        for (var round = 0; round < 2000; round++)
        {
            var stream = string.Concat(Enumerable.Range(0, random.Next(60)).Select(_ => "a:\r\n\n "[random.Next(6)]));
            using var tail = new EventTail();
            var passed = Pass(tail, stream, random.Next(1, 8));
            Assert.Equal(stream, passed + Encoding.ASCII.GetString(tail.Held.Span));
            Assert.True(passed.Length == 0 || passed[^1] is '\r' or '\n');
        }
    }

    [Fact]
    public void An_event_that_is_too_large_is_passed_on_as_it_comes_and_the_next_one_is_held_again()
    {
        using var tail = new EventTail();
        var large = $"data: {new string('a', EventTail.MaxHeld)}";

        Assert.Equal("data: 1\n\n" + large + "b", Pass(tail, "data: 1\n\n" + large + "b", 10_000));
        Assert.True(tail.IsSplit);
        Assert.Equal("\n\n", Pass(tail, "\n\ndata", 6));
        Assert.False(tail.IsSplit);
        Assert.Equal("data", Encoding.ASCII.GetString(tail.Held.Span));
    }

    [Fact]
    public void What_is_dropped_is_not_remembered()
    {
        using var tail = new EventTail();
        Assert.Equal("data: 1\n\n", Pass(tail, "data: 1\n\ndata: 2", 100));
        tail.Drop();
        Assert.True(tail.Held.IsEmpty);

        // The next stream goes on behind the last complete event.
        Assert.Equal(": alive\n", Pass(tail, ": alive\n", 100));
    }

    private static string Pass(EventTail tail, string stream, int size)
    {
        var passed = new StringBuilder();
        foreach (var piece in stream.Chunk(size).Select(Encoding.ASCII.GetBytes))
        {
            var complete = tail.Read(piece);
            if (complete > 0)
            {
                passed.Append(Encoding.ASCII.GetString(tail.Held.Span))
                    .Append(Encoding.ASCII.GetString(piece, 0, complete));
                tail.Release();
            }

            if (tail.TryHold(piece.AsSpan(complete)))
                continue;
            passed.Append(Encoding.ASCII.GetString(tail.Held.Span))
                .Append(Encoding.ASCII.GetString(piece.AsSpan(complete)));
            tail.Release();
        }

        return passed.ToString();
    }
}
