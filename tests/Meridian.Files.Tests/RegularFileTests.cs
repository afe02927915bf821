namespace Meridian.Files.Tests;

public sealed class RegularFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("")]
    [InlineData("text")]
    [InlineData("Hà Nội")]
    public void A_file_is_read_whole(string text)
    {
        var path = _folder.Write("a", text);

        Assert.Equal(text, RegularFile.ReadText(path, 100));
        Assert.Equal(File.ReadAllBytes(path), RegularFile.ReadBytes(path, 100));
    }

    [Fact]
    public void A_byte_order_mark_is_no_text() =>
        Assert.Equal("a", RegularFile.ReadText(_folder.Write("a", "\uFEFFa"), 100));

    [Fact]
    public void A_link_to_a_file_is_followed()
    {
        File.CreateSymbolicLink(_folder.File("link"), _folder.Write("a", "text"));

        Assert.Equal("text", RegularFile.ReadText(_folder.File("link"), 100));
    }

    [Fact]
    public void A_file_of_the_largest_size_is_read_and_one_octet_more_is_refused()
    {
        var path = _folder.Write("a", new string('a', 100));

        Assert.Equal(100, RegularFile.ReadBytes(path, 100).Length);
        var e = Assert.Throws<IOException>(() => RegularFile.ReadBytes(path, 99));
        Assert.Equal($"{path} is larger than 99 bytes", e.Message);
    }

    [Fact]
    public async Task A_FIFO_that_nobody_writes_to_is_refused_at_once()
    {
        Assert.Equal(0, (await Run.ProgramAsync("mkfifo", _folder.File("pipe"))).ExitCode);

        var reading = Task.Run(() => RegularFile.ReadBytes(_folder.File("pipe"), 100));

        var e = await Assert.ThrowsAsync<IOException>(() => reading.WithinAsync(5));
        Assert.EndsWith("is not a regular file", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_device_without_an_end_is_read_no_further_than_the_bound()
    {
        File.CreateSymbolicLink(_folder.File("zero.yaml"), "/dev/zero");

        var e = Assert.Throws<IOException>(() => RegularFile.ReadBytes(_folder.File("zero.yaml"), 1 << 20));
        Assert.EndsWith("is larger than 1 MiB", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_a_folder_and_a_circle_of_links_say_so()
    {
        File.CreateSymbolicLink(_folder.File("a"), _folder.File("b"));
        File.CreateSymbolicLink(_folder.File("b"), _folder.File("a"));

        Assert.Throws<FileNotFoundException>(() => RegularFile.ReadBytes(_folder.File("none"), 100));
        var folder = Assert.Throws<IOException>(() => RegularFile.ReadBytes(_folder.Path, 100));
        Assert.EndsWith("is a folder", folder.Message, StringComparison.Ordinal);
        Assert.Throws<IOException>(() => RegularFile.ReadBytes(_folder.File("a"), 100));
    }

    public void Dispose() => _folder.Dispose();
}
