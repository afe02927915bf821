using Meridian.State.Tests.Support;

namespace Meridian.State.Tests;

/// <summary>A node that starts on a disk that the kernel has made read-only.</summary>
public sealed class ReadOnlyDiskTests : StoreFixture
{
    [Fact]
    public async Task What_was_stored_is_read_and_everything_new_is_refused()
    {
        await using var disk = await SmallDisk.MountAsync(4 * 1024 * 1024);
        Assert.SkipWhen(disk is null, SmallDisk.Missing);
        await using (var store = SqliteStateStore.Open(disk.Folder, Alarms.Add))
        {
            store.Start();
            Assert.Null(await store.Overrides.SaveAsync(Drain("pool/a", Now)).WithinAsync(30));
        }

        await disk.RemountAsync(readOnly: true);
        await AssertIsReadAndNotWrittenAsync(disk.Folder);
        await disk.RemountAsync(readOnly: false);

        await using var again = SqliteStateStore.Open(disk.Folder, Alarms.Add);
        Assert.Null(again.Fault);
    }

    [Fact]
    public async Task What_an_end_without_a_word_left_in_the_log_is_read_too()
    {
        await using var disk = await SmallDisk.MountAsync(8 * 1024 * 1024);
        Assert.SkipWhen(disk is null, SmallDisk.Missing);
        var left = Path.Combine(disk.Folder, "left");
        Directory.CreateDirectory(left);
        await using (var store = SqliteStateStore.Open(disk.Folder, Alarms.Add))
        {
            store.Start();
            Assert.Null(await store.Overrides.SaveAsync(Drain("pool/a", Now)).WithinAsync(30));
            foreach (var file in Directory.GetFiles(disk.Folder, "meridian.db*"))
                File.Copy(file, Path.Combine(left, Path.GetFileName(file)));
        }

        Assert.True(new FileInfo(Path.Combine(left, "meridian.db-wal")).Length > 0);
        await disk.RemountAsync(readOnly: true);
        await AssertIsReadAndNotWrittenAsync(left);
        await disk.RemountAsync(readOnly: false);
    }

    private async Task AssertIsReadAndNotWrittenAsync(string folder)
    {
        await using var store = SqliteStateStore.Open(folder, Alarms.Add);
        store.Start();

        Assert.Equal("pool/a", Assert.Single(store.Overrides.Read()).Target.Text);
        Assert.Contains("can be read and not written", store.Fault);
        Assert.Equal(store.Fault, await store.Overrides.SaveAsync(Drain("pool/b", Now)).WithinAsync(30));
    }
}
