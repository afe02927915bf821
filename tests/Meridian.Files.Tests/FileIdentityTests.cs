namespace Meridian.Files.Tests;

public sealed class FileIdentityTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact]
    public void A_file_that_is_written_again_stays_the_same_one()
    {
        var first = FileIdentity.Of(_folder.Write("a", "x"));

        Assert.NotNull(first);
        Assert.Equal(first, FileIdentity.Of(_folder.Write("a", "another")));
    }

    [Fact]
    public void Another_file_in_its_place_is_another_one()
    {
        var first = FileIdentity.Of(_folder.Write("a", "x"));

        File.Move(_folder.Write("b", "x"), _folder.File("a"), overwrite: true);

        Assert.NotEqual(first, FileIdentity.Of(_folder.File("a")));
    }

    [Fact]
    public void What_is_not_there_has_none() => Assert.Null(FileIdentity.Of(_folder.File("none")));

    public void Dispose() => _folder.Dispose();
}
