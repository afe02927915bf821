using System.Runtime.InteropServices;

namespace Meridian.Files.Tests;

/// <summary>Under a umask that takes nothing away: what is made has the mode that was said, and no other.</summary>
public sealed partial class NewFileTests : IDisposable
{
    private readonly TestFolder _folder = new();
    private readonly uint _umask;

    public NewFileTests()
    {
        if (!OperatingSystem.IsLinux())
            Assert.Skip("there is no umask here");
        _umask = SetUmask(0);
    }

    public void Dispose()
    {
        _ = SetUmask(_umask);
        _folder.Dispose();
    }

    [Theory]
    [InlineData(NewFile.ForOwner)]
    [InlineData(NewFile.ForGroup)]
    [InlineData(NewFile.ForAll)]
    public void A_file_has_the_mode_that_was_said(UnixFileMode rights)
    {
        NewFile.Write(_folder.File("written"), "a", rights);
        _folder.Write("replaced.new", "what a crash has left, for everybody");
        NewFile.Replace(_folder.File("replaced"), "a", rights);
        using (new FileStream(_folder.File("appended"), NewFile.Options(FileMode.Append, rights)))
        {
        }

        Assert.All(["written", "replaced", "appended"], name => Assert.Equal(rights, ModeOf(name)));
        Assert.Equal("a", File.ReadAllText(_folder.File("replaced")));
        Assert.False(File.Exists(_folder.File("replaced.new")));
    }

    [Fact]
    public void A_kept_file_is_its_owners_alone()
    {
        _folder.Write("kept.new", "what a crash has left, for everybody");

        KeptFile.Write(_folder.File("kept"), [1, 2]);

        Assert.Equal(NewFile.ForOwner, ModeOf("kept"));
        Assert.Equal([1, 2], File.ReadAllBytes(_folder.File("kept")));
    }

    [Fact]
    public void Nobody_but_the_owner_changes_what_is_in_a_folder()
    {
        NewFile.MakeFolder(_folder.File("state"));
        NewFile.MakeFolder(_folder.File("agent"), isPublic: true);

        Assert.Equal("750", Convert.ToString((int)ModeOf("state"), 8));
        Assert.Equal("755", Convert.ToString((int)ModeOf("agent"), 8));
    }

    // The tests skip elsewhere.
    private UnixFileMode ModeOf(string name) =>
        OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(_folder.File(name));

    [LibraryImport("libc", EntryPoint = "umask")]
    private static partial uint SetUmask(uint mask);
}
