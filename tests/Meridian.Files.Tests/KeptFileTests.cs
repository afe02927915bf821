using System.Text;
using System.Text.Json;

namespace Meridian.Files.Tests;

public sealed class KeptFileTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly List<string> _told = [];

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_was_kept_is_read_again()
    {
        KeptFile.Write(_folder.File("kept"), "[1]"u8.ToArray());
        KeptFile.Write(_folder.File("kept"), "[1, 2]"u8.ToArray());

        Assert.Equal([1, 2], Read());
        Assert.Empty(_told);
        Assert.Equal([_folder.File("kept")], Directory.GetFiles(_folder.Path));
    }

    [Fact]
    public void No_file_is_nothing_and_no_fault()
    {
        Assert.Equal([0], Read());
        Assert.Empty(_told);
    }

    [Theory]
    [InlineData("", "it is not the JSON that was written")]
    [InlineData("[1, 2", "it is not the JSON that was written")]
    [InlineData("null", "it says nothing")]
    public void What_cannot_be_understood_is_told_and_set_aside(string content, string why)
    {
        _folder.Write("kept", content);

        Assert.Equal([0], Read());

        var told = Assert.Single(_told);
        Assert.Contains($"kept is damaged ({why}); what it kept is lost, and it was set aside as ", told,
            StringComparison.Ordinal);
        var aside = Assert.Single(Directory.GetFiles(_folder.Path));
        Assert.EndsWith(aside, told, StringComparison.Ordinal);
        Assert.Equal(content, Encoding.UTF8.GetString(RegularFile.ReadBytes(aside)));
    }

    [Fact]
    public void What_is_no_file_is_told_and_left_where_it_is()
    {
        _folder.Write("kept", new string(' ', 200));

        Assert.Equal([0], Read(100));

        Assert.EndsWith(" is larger than 100 bytes; what it keeps is not used", Assert.Single(_told),
            StringComparison.Ordinal);
    }

    private int[] Read(int most = 1000) => KeptFile.Read(_folder.File("kept"), most,
        bytes => JsonSerializer.Deserialize<int[]>(bytes), [0], _told.Add);
}
