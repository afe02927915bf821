using Meridian.Files;
using Meridian.State.Tests.Support;

namespace Meridian.State.Tests;

/// <summary>One process has a folder, and what was lost in it is told until a person has seen it.</summary>
public sealed class HeldFolderTests : StoreFixture
{
    private string LossFile => Path.Combine(Folder, "meridian.loss");

    [Fact]
    public async Task A_second_node_on_one_folder_is_refused_with_the_process_that_has_it()
    {
        await using var first = Open();

        var e = Assert.Throws<StateFolderHeldException>(() => SqliteStateStore.Open(Folder, Alarms.Add));

        Assert.Equal($"the state folder {Folder} belongs to another running node (process {Environment.ProcessId}): "
            + "give each node a `--state` of its own", e.Message);
        Assert.Empty(Alarms);
    }

    [Fact]
    public async Task A_folder_is_free_again_after_the_end()
    {
        await using (Open())
        {
        }

        await using var again = Open();
        Assert.Null(again.Fault);
    }

    [Theory]
    [InlineData("removed")]
    [InlineData("replaced")]
    [InlineData("the folder removed")]
    public async Task A_database_that_is_gone_under_the_node_takes_no_write(string how)
    {
        await using var store = Open();
        Assert.Null(await store.Overrides.SaveAsync(Drain("pool/a", Now)));

        if (how == "the folder removed")
            Directory.Delete(Folder, recursive: true);
        else
            File.Delete(DatabaseFile);
        if (how == "replaced")
            File.WriteAllText(DatabaseFile, "");

        var refusal = await store.Overrides.SaveAsync(Drain("pool/b", Now));
        Assert.Contains("was removed or replaced under the node", refusal, StringComparison.Ordinal);
        Assert.Contains(refusal!, store.Fault, StringComparison.Ordinal);
        Assert.NotNull(await store.Overrides.SaveAsync(Drain("pool/c", Now)));
        Directory.CreateDirectory(Folder);
    }

    [Theory]
    [InlineData("emptied", false)]
    [InlineData("emptied", true)]
    [InlineData("garbage", false)]
    [InlineData("garbage", true)]
    [InlineData("another database", false)]
    [InlineData("another database", true)]
    [InlineData("an older backup", false)]
    [InlineData("an older backup", true)]
    public async Task A_database_that_is_overwritten_under_the_node_takes_no_write(string how, bool isKilled)
    {
        await using var store = Open();
        Assert.Null(await store.Overrides.SaveAsync(Drain("pool/a", Now)));
        var content = how switch
        {
            "emptied" => [],
            "garbage" => [.. Enumerable.Repeat((byte)'x', (int)new FileInfo(DatabaseFile).Length)],
            "another database" => await AnotherDatabaseAsync(),
            _ => await File.ReadAllBytesAsync(DatabaseFile, TestContext.Current.CancellationToken),
        };
        Overwrite(content);

        var refusal = await store.Overrides.SaveAsync(Drain("pool/b", Now));
        Assert.Contains("was overwritten under the node", refusal, StringComparison.Ordinal);
        Assert.Contains(refusal!, store.Fault, StringComparison.Ordinal);
        Assert.NotNull(await store.Overrides.SaveAsync(Drain("pool/c", Now)));
        Assert.NotNull(store.Fault);

        var after = isKilled ? CopyOfFolder() : Folder;
        if (!isKilled)
            await store.DisposeAsync();
        await using var again = SqliteStateStore.Open(after, Alarms.Add);
        again.Start();
        if (how != "an older backup")
        {
            Assert.Contains(how == "garbage" ? "was damaged" : "is not the one that was here before", again.Fault,
                StringComparison.Ordinal);
        }

        Assert.DoesNotContain(again.Overrides.Read(), o => o.Target.Text is "pool/b" or "pool/c");
        if (how != "an older backup")
            Assert.DoesNotContain(again.Overrides.Read(), o => o.Target.Text == "pool/a");
        Assert.Null(await again.Overrides.SaveAsync(Drain("pool/d", Now)));
    }

    [Fact]
    public async Task A_checkpoint_of_the_node_itself_is_no_change_by_others()
    {
        await using var store = Open();
        var before = new FileInfo(DatabaseFile).Length;

        for (var i = 0; i < 200; i++)
        {
            Assert.Null(await store.Zones.SaveRecordSetsAsync(
                [new StoredRecordSet("example.", $"name{i}.example.", 16, new byte[32 * 1024])]));
        }

        Assert.True(new FileInfo(DatabaseFile).Length > before);
        Assert.Null(store.Fault);
    }

    [Theory]
    [InlineData("missing", "is not the one that was here before")]
    [InlineData("empty", "is not the one that was here before")]
    [InlineData("no database at all", "was damaged")]
    public async Task A_loss_that_is_found_at_the_start_is_told_until_a_person_has_seen_it(string how, string told)
    {
        await using (var store = Open())
            Assert.Null(await store.Overrides.SaveAsync(Drain("pool/a", Now)));
        foreach (var file in Directory.EnumerateFiles(Folder, "meridian.db*"))
            File.Delete(file);
        if (how != "missing")
            File.WriteAllText(DatabaseFile, how == "empty" ? "" : new string('x', 4096));

        for (var start = 0; start < 2; start++)
        {
            await using var store = Open();
            Assert.Contains(told, store.Fault, StringComparison.Ordinal);
            Assert.Contains($"remove {LossFile}", store.Fault, StringComparison.Ordinal);
            Assert.Single(File.ReadAllLines(LossFile)); // one loss is told once
            Assert.Null(await store.Overrides.SaveAsync(Drain("pool/b", Now)));
            Assert.NotNull(store.Fault);
        }

        File.Delete(LossFile);
        await using var known = Open();
        Assert.Null(known.Fault);
    }

    [Fact]
    public async Task A_backup_of_the_same_database_is_no_loss()
    {
        await using (var store = Open())
            Assert.Null(await store.Overrides.SaveAsync(Drain("pool/a", Now)));
        var backup = await File.ReadAllBytesAsync(DatabaseFile, TestContext.Current.CancellationToken);
        await using (var store = Open())
            Assert.Null(await store.Overrides.SaveAsync(Drain("pool/b", Now)));
        await File.WriteAllBytesAsync(DatabaseFile, backup, TestContext.Current.CancellationToken);

        await using var restored = Open();

        Assert.Null(restored.Fault);
        Assert.Equal("pool/a", Assert.Single(restored.Overrides.Read()).Target.Text);
    }

    [Fact]
    public async Task What_a_node_that_was_killed_left_in_its_log_is_in_the_database_after_the_next_start()
    {
        await using var store = Open();
        Assert.Null(await store.Overrides.SaveAsync(Drain("pool/a", Now)));
        var killed = CopyOfFolder();
        Assert.True(new FileInfo(Path.Combine(killed, "meridian.db-wal")).Length > 0);

        await using var again = SqliteStateStore.Open(killed, Alarms.Add);

        Assert.Equal(0, new FileInfo(Path.Combine(killed, "meridian.db-wal")).Length);
        Assert.Single(again.Overrides.Read());
    }

    // As `cat x > meridian.db` or `cp` does it: the file stays the same one.
    private void Overwrite(byte[] content)
    {
        using var file = new FileStream(DatabaseFile, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        file.SetLength(0);
        file.Write(content);
    }

    private static async Task<byte[]> AnotherDatabaseAsync()
    {
        using var folder = new TestFolder();
        await using (var store = SqliteStateStore.Open(folder.Path, _ => { }))
        {
            store.Start();
            Assert.Null(await store.Overrides.SaveAsync(Drain("pool/z", Now)));
        }

        return await File.ReadAllBytesAsync(folder.File("meridian.db"), TestContext.Current.CancellationToken);
    }

    // What a node that is killed leaves behind.
    private string CopyOfFolder()
    {
        var copy = Directory.CreateDirectory(Path.Combine(Folder, "killed")).FullName;
        foreach (var file in Directory.GetFiles(Folder))
            File.WriteAllBytes(Path.Combine(copy, Path.GetFileName(file)), RegularFile.ReadBytes(file));
        return copy;
    }
}
