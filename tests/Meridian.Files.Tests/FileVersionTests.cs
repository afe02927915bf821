namespace Meridian.Files.Tests;

public sealed class FileVersionTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void A_file_that_is_left_alone_keeps_its_version()
    {
        var file = _folder.Write("a", "text");

        Assert.Equal(FileVersion.Of(file), FileVersion.Of(file));
    }

    [Fact]
    public void Another_size_another_time_and_an_end_are_other_versions()
    {
        var file = _folder.Write("a", "text");
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        var first = FileVersion.Of(file);

        _folder.Write("a", "texts");
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch);
        var longer = FileVersion.Of(file);
        File.SetLastWriteTimeUtc(file, DateTime.UnixEpoch.AddTicks(1));
        var later = FileVersion.Of(file);
        File.Delete(file);

        Assert.Equal(4, new HashSet<string> { first, longer, later, FileVersion.Of(file) }.Count);
    }

    [Fact]
    public async Task A_swap_as_Kubernetes_makes_it_is_another_version_though_the_link_stays()
    {
        Mount("..1", "old!");
        Directory.CreateSymbolicLink(_folder.File("..data"), "..1");
        File.CreateSymbolicLink(_folder.File("tls.crt"), "..data/tls.crt");
        var before = FileVersion.Of(_folder.File("tls.crt"));

        Mount("..2", "new!");
        Directory.CreateSymbolicLink(_folder.File("..data_tmp"), "..2");
        Assert.Equal(0, (await Run.ProgramAsync("mv", "-T", _folder.File("..data_tmp"), _folder.File("..data")))
            .ExitCode);

        Assert.Equal("new!", RegularFile.ReadText(_folder.File("tls.crt"), 100));
        Assert.NotEqual(before, FileVersion.Of(_folder.File("tls.crt")));
    }

    [Fact]
    public void A_circle_of_links_has_a_version_too()
    {
        File.CreateSymbolicLink(_folder.File("a"), _folder.File("a"));

        Assert.NotEqual("", FileVersion.Of(_folder.File("a")));
    }

    public void Dispose() => _folder.Dispose();

    private void Mount(string folder, string text)
    {
        Directory.CreateDirectory(_folder.File(folder));
        _folder.Write($"{folder}/tls.crt", text);
    }
}
