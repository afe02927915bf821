using Meridian.Agent.Commands;
using Meridian.Agent.Tests.Support;

namespace Meridian.Agent.Tests.Commands;

public sealed class ProgramReplacementTests : IDisposable
{
    private readonly AgentTestFolder _folder = new();
    private readonly string _program;

    public ProgramReplacementTests() => _program = _folder.Program("agent", "echo 1.0.0");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_program_that_runs_takes_the_place_and_may_be_undone()
    {
        var old = await File.ReadAllTextAsync(_program);
        var next = _folder.Program("next", "echo 2.0.0");
        var replacement = new ProgramReplacement(_program);
        Assert.Equal("2.0.0", await replacement.PrepareAsync(next, CancellationToken.None));
        Assert.Equal(old, await File.ReadAllTextAsync(_program));
        replacement.Commit();
        Assert.Equal(await File.ReadAllTextAsync(next), await File.ReadAllTextAsync(_program));
        Assert.Equal(old, await File.ReadAllTextAsync(replacement.Old));
        replacement.Undo();
        Assert.Equal(old, await File.ReadAllTextAsync(_program));
    }

    [Theory]
    [InlineData("#!/bin/sh\nexit 1\n")]
    [InlineData("\u007fELF is what it begins with, and no more")]
    public async Task A_file_that_does_not_run_changes_nothing(string content)
    {
        var old = await File.ReadAllTextAsync(_program);
        await File.WriteAllTextAsync(_folder.At("broken"), content);
        Assert.Null(await new ProgramReplacement(_program).PrepareAsync(_folder.At("broken"), CancellationToken.None));
        Assert.Equal(old, await File.ReadAllTextAsync(_program));
        Assert.False(File.Exists($"{_program}.new"));
    }

    [Fact]
    public async Task A_file_that_is_not_there_changes_nothing() =>
        await Assert.ThrowsAsync<FileNotFoundException>(() =>
            new ProgramReplacement(_program).PrepareAsync(_folder.At("nowhere"), CancellationToken.None));
}
