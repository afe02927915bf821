using Meridian.State.Tests.Support;

namespace Meridian.State.Tests;

/// <summary>A file that is no database, or no longer a sound one, stops no node and is never deleted.</summary>
public sealed class DamagedFileTests : StoreFixture
{
    [Fact]
    public async Task A_damaged_file_is_set_aside_and_a_new_one_begun()
    {
        var text = string.Concat(Enumerable.Repeat("this is no database. ", 500));
        File.WriteAllText(DatabaseFile, text);

        await using var store = Open();

        Assert.Contains("set aside", Assert.Single(Alarms), StringComparison.Ordinal);
        Assert.Equal(Alarms[0], store.Fault);
        Assert.Equal(text, File.ReadAllText(Assert.Single(Directory.GetFiles(Folder, "*.damaged-*"))));
        _ = store.Overrides.SaveAsync(Drain("pool/a", Now));
        await FlushAsync(store);
        Assert.Single(store.Overrides.Read());
        Assert.NotNull(store.Fault); // until a person has seen it
    }

    [Fact]
    public async Task A_database_with_a_damaged_page_is_set_aside_too()
    {
        await using (Open())
        {
        }

        using (var file = File.OpenWrite(DatabaseFile))
        {
            file.Position = 100; // behind the header that says what the file is
            file.Write(new byte[1000]);
        }

        await using var store = Open();

        Assert.Contains("set aside", store.Fault, StringComparison.Ordinal);
        Assert.Null(await store.Overrides.SaveAsync(Drain("pool/a", Now)).WithinAsync(30));
    }

    [Fact]
    public async Task A_file_that_a_log_was_left_beside_is_looked_through_to_its_last_page()
    {
        await using (var before = Open())
        {
            Assert.Null(await before.Zones.SaveRecordSetsAsync([.. Enumerable.Range(0, 100).Select(i =>
                new StoredRecordSet("example.", $"name{i}.example.", 16, new byte[1000]))]).WithinAsync(30));
        }

        using (var file = File.OpenWrite(DatabaseFile))
        {
            file.Position = file.Length - 4096; // of a database and a log that do not belong together
            file.Write(new byte[4096]);
        }

        File.WriteAllText(DatabaseFile + "-wal", "left");

        await using var store = Open();

        Assert.Contains("was damaged", store.Fault, StringComparison.Ordinal);
        Assert.Single(Directory.GetFiles(Folder, "*.damaged-*"));
    }

    [Fact]
    public async Task A_damaged_file_that_was_put_back_is_set_aside_again()
    {
        for (var i = 0; i < 2; i++)
        {
            Damage(new string('x', 5000));
            await using var store = Open();
            Assert.Contains("set aside", store.Fault, StringComparison.Ordinal);
        }

        Assert.Equal(5000, new FileInfo(Assert.Single(Directory.GetFiles(Folder, "*.damaged-*"))).Length);
    }

    [Fact]
    public async Task A_damaged_file_that_cannot_be_set_aside_leaves_everything_in_memory()
    {
        Damage(new string('x', 5000));
        Directory.CreateDirectory($"{DatabaseFile}.damaged-{Now.ToUnixTimeSeconds()}"); // no file can have its name

        await using var store = Open();

        Assert.Contains("cannot be opened", Assert.Single(Alarms), StringComparison.Ordinal);
        Assert.Equal(Alarms[0], store.Fault);
        Assert.Equal(Alarms[0], await store.Overrides.SaveAsync(Drain("pool/a", Now)).WithinAsync(30));
        Assert.Equal(5000, new FileInfo(DatabaseFile).Length);
    }

    private void Damage(string text)
    {
        File.WriteAllText(DatabaseFile, text);
        File.SetLastWriteTimeUtc(DatabaseFile, Now.UtcDateTime);
    }
}
