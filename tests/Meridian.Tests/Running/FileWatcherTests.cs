using Meridian.Running;

namespace Meridian.Tests.Running;

public sealed class FileWatcherTests
{
    [Fact]
    public async Task A_call_to_look_at_once_that_comes_after_the_end_is_no_fault()
    {
        var watcher = new FileWatcher(TimeProvider.System, (_, _) => { });
        watcher.Start();
        await watcher.DisposeAsync();

        watcher.Wake(); // a timer of custom resources may still be under way
    }
}
