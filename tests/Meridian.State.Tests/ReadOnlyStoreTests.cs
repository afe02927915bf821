using Meridian.State.Tests.Support;

namespace Meridian.State.Tests;

/// <summary>A store that is opened beside the node that owns it, as <c>meridian</c>'s commands do.</summary>
public sealed class ReadOnlyStoreTests : StoreFixture
{
    [Fact]
    public async Task Reading_only_creates_nothing_and_says_what_is_missing()
    {
        var missing = Path.Combine(Folder, "missing");

        await using var store = SqliteStateStore.OpenReadOnly(missing);

        Assert.Equal($"there is no state store {Path.Combine(missing, "meridian.db")}", store.Fault);
        Assert.Empty(store.Overrides.Read());
        Assert.False(Directory.Exists(missing));
    }

    [Fact]
    public async Task Reading_only_refuses_every_write_with_the_reason()
    {
        await using (var writer = Open())
            _ = writer.Overrides.SaveAsync(Drain("pool/a", Now));

        await using var store = SqliteStateStore.OpenReadOnly(Folder);
        store.Start();

        Assert.Contains("read-only", await store.Overrides.DeleteAsync(Target("pool/a")).WithinAsync(30));
        Assert.False(await store.FlushAsync(TestTime.Limit(30)));
        Assert.Single(store.Overrides.Read());
        Assert.Null(store.Fault);
    }

    [Fact]
    public async Task Reading_only_a_file_that_is_no_database_is_a_fault_and_leaves_it_alone()
    {
        File.WriteAllText(DatabaseFile, new string('x', 5000));

        await using var store = SqliteStateStore.OpenReadOnly(Folder);

        Assert.Contains("cannot be opened", store.Fault);
        Assert.Equal([DatabaseFile], Directory.GetFiles(Folder));
    }

    [Fact]
    public async Task Reading_only_a_file_that_lacks_a_table_reads_the_others()
    {
        await using (var writer = Open())
            _ = writer.Overrides.SaveAsync(Drain("pool/a", Now));
        Execute("DROP TABLE enrollments"); // as an older version left it

        await using var store = SqliteStateStore.OpenReadOnly(Folder);

        Assert.Null(store.Fault);
        Assert.Single(store.Overrides.Read());
    }

    [Fact]
    public async Task A_file_that_could_not_be_opened_is_not_held_open()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "what a process holds open is in /proc, on Linux");
        File.WriteAllText(DatabaseFile, new string('x', 5000));

        await using var store = SqliteStateStore.OpenReadOnly(Folder);

        Assert.NotNull(store.Fault);
        Assert.DoesNotContain(DatabaseFile,
            Directory.GetFiles("/proc/self/fd").Select(link => new FileInfo(link).LinkTarget));
    }
}
