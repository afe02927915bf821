using System.IO.Pipelines;
using System.Text;
using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests.Wire;

public sealed class LineReaderTests
{
    private const string Fitting = """{"pong":7}""";

    [Fact]
    public async Task Lines_are_read_one_by_one_and_a_last_one_without_an_end_is_none()
    {
        var reader = Reader($"{Fitting}\n{{\"drain\":true}}\n{{\"pong\":9}}");
        Assert.Equal(7, (await NextAsync(reader))!.Pong);
        Assert.True((await NextAsync(reader))!.Drain);
        Assert.Null(await NextAsync(reader));
    }

    [Fact]
    public async Task A_line_of_4_MiB_is_read_and_a_longer_one_is_refused_with_its_end_and_without()
    {
        var longest = Fitting.PadRight(TunnelTokens.MaxLine);
        Assert.Equal(7, (await NextAsync(Reader($"{longest}\n")))!.Pong);
        foreach (var text in (string[])[$"{longest} \n", $"{longest} "])
            Assert.Equal("a line is longer than 4194304 octets",
                (await Assert.ThrowsAsync<InvalidDataException>(async () => await NextAsync(Reader(text)))).Message);
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("nonsense\n")]
    [InlineData("[]\n")]
    [InlineData("{\"pong\":\"seven\"}\n")]
    public async Task A_line_that_is_no_such_JSON_is_refused(string text) =>
        Assert.StartsWith("a line cannot be read: ",
            (await Assert.ThrowsAsync<InvalidDataException>(async () => await NextAsync(Reader(text)))).Message,
            StringComparison.Ordinal);

    [Fact]
    public async Task A_line_of_null_is_refused() =>
        Assert.Equal("a line is empty",
            (await Assert.ThrowsAsync<InvalidDataException>(async () => await NextAsync(Reader("null\n")))).Message);

    [Fact]
    public async Task Fields_of_a_later_version_are_passed_over() =>
        Assert.Equal(7, (await NextAsync(Reader("{\"later\":[1],\"pong\":7}\n")))!.Pong);

    private static LineReader Reader(string text) =>
        new(PipeReader.Create(new MemoryStream(Encoding.UTF8.GetBytes(text))));

    private static ValueTask<AgentLine?> NextAsync(LineReader reader) =>
        reader.ReadAsync(TunnelJson.Default.AgentLine, CancellationToken.None);
}
