using Meridian.Files;
using Meridian.Running;

namespace Meridian.Tests.Running;

public sealed class QueryLogFileTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Not_everybody_may_read_who_asked_for_what()
    {
        using (QueryLogFile.Open(_folder.File("queries")))
        {
        }

        if (OperatingSystem.IsWindows())
        {
            Assert.Skip("files have no modes here");
            return;
        }

        // NewFileTests shows that the umask adds nothing to it.
        Assert.Equal(NewFile.ForGroup & File.GetUnixFileMode(_folder.File("queries")),
            File.GetUnixFileMode(_folder.File("queries")));
    }

    [Fact]
    public async Task A_pipe_that_nobody_reads_is_refused()
    {
        var pipe = _folder.File("pipe");
        Assert.Equal(0, (await Run.ProgramAsync("mkfifo", pipe)).ExitCode);

        var e = Assert.Throws<StartException>(() => QueryLogFile.Open(pipe, TimeSpan.FromSeconds(0.1)));

        Assert.Contains("it is a pipe that nobody reads", e.Message, StringComparison.Ordinal);
        // Lets the thread go that still waits.
        await using var reader = new FileStream(pipe, FileMode.Open, FileAccess.Read);
    }

    [Fact]
    public void What_cannot_be_opened_is_one_sentence() => Assert.StartsWith(
        $"the query log {_folder.Path} cannot be opened: ",
        Assert.Throws<StartException>(() => QueryLogFile.Open(_folder.Path)).Message, StringComparison.Ordinal);
}
