namespace Meridian.Acceptance.Chaos;

/// <summary>What is done to a node, one after another.</summary>
internal sealed class ChaosFaults(ChaosNode node, ChaosClients clients, Random random)
{
    /// <summary>Those that can be brought about here.</summary>
    public (string Name, Func<Task> Act)[] All =>
    [
        .. OfFiles, .. OfProcesses, .. node.Disk.HasDevice ? OfDevices : [],
        .. SteppedClock.Library is null ? [] : OfClocks,
    ];

    private (string Name, Func<Task> Act)[] OfFiles =>
    [
        ("the disk is full", async () =>
        {
            node.Disk.Fill();
            await HoldAsync();
            node.Disk.Empty();
        }),
        ("the database is gone for a while", async () =>
        {
            // What is being written in the moment of the move is refused, and there when the file comes back.
            await QuietlyAsync(() => File.Move(node.Database, node.Database + ".away"));
            await HoldAsync();
            File.Move(node.Database + ".away", node.Database);
        }),
        ("a FIFO among the configuration", () => WithFileAsync(Path.Combine(node.Configuration, "b.yaml"),
            path => Run.ProgramAsync("mkfifo", path))),
        ("a device without an end among the configuration", () => WithFileAsync(
            Path.Combine(node.Configuration, "c.yaml"),
            path => Task.FromResult(File.CreateSymbolicLink(path, "/dev/zero")))),
        ("the configuration is cut short", async () =>
        {
            node.WriteConfiguration(ChaosNode.Sound[..random.Next(ChaosNode.Sound.Length / 2)] + "\nkind: [");
            await HoldAsync();
            node.WriteConfiguration(ChaosNode.Sound);
        }),
        ("the configuration is empty", async () =>
        {
            node.WriteConfiguration("");
            await HoldAsync();
            node.WriteConfiguration(ChaosNode.Sound);
        }),
        ("a FIFO in place of the geography", async () =>
        {
            File.Move(node.Geography, node.Geography + ".away");
            await WithFileAsync(node.Geography, path => Run.ProgramAsync("mkfifo", path));
            File.Move(node.Geography + ".away", node.Geography);
        }),
    ];

    private (string Name, Func<Task> Act)[] OfProcesses =>
    [
        ("hardly a descriptor is left", async () =>
        {
            var open = Directory.GetFileSystemEntries($"/proc/{node.Id}/fd").Length;
            await Run.ProgramAsync("prlimit", $"--pid={node.Id}", $"--nofile={open + 2}:1048576");
            await HoldAsync();
            await Run.ProgramAsync("prlimit", $"--pid={node.Id}", "--nofile=65536:1048576");
        }),
        ("the process is held", async () =>
        {
            node.Signal("STOP");
            await HoldAsync();
            node.Signal("CONT");
        }),
        ("SIGHUP", () =>
        {
            node.Signal("HUP");
            return HoldAsync();
        }),
        ("SIGTERM and a start", () => RestartAsync("TERM")),
        ("kill -9 and a start", () => RestartAsync("KILL")),
    ];

    private (string Name, Func<Task> Act)[] OfDevices =>
    [
        ("the disk is slow", () => WhileAnsweringAsync(async () =>
        {
            for (var i = random.Next(5, 20); i > 0; i--)
            {
                await node.Disk.FreezeAsync(() => Task.Delay(random.Next(50, 300)));
                await Task.Delay(random.Next(5, 30));
            }
        })),
        ("the disk stands still", () => node.Disk.FreezeAsync(() => WhileAnsweringAsync(
            () => Task.Delay(random.Next(300, 7000))))),
        ("kill -9 while the disk stands still", async () =>
        {
            await node.Disk.FreezeAsync(async () =>
            {
                await HoldAsync();
                node.Signal("KILL");
            });
            await RestartAsync("KILL");
        }),
        ("the disk fails and becomes read-only, and a start with a new one", async () =>
        {
            // In the very moment in which it fails, ext4 may say of a write that it is on the device when it is not,
            // and a write that failed may be there.
            await QuietlyAsync(node.Disk.Break);
            await clients.CheckAnswersAsync();
            await Wait.UntilAsync(async () => (await node.StatusAsync()).StateFault is not null,
                () => $"no fault is reported\n{node.Log}");
            await HoldAsync();
            await RestartAsync(random.Next(2) == 0 ? "TERM" : "KILL", node.Disk.MendAsync);
        }),
        ("a power cut", async () =>
        {
            // What is not on the device when it fails is gone.
            await QuietlyAsync(node.Disk.Break);
            await RestartAsync("KILL", node.Disk.MendAsync);
        }),
        ("a start from a disk that is read-only", async () =>
        {
            await StopAsync(random.Next(2) == 0 ? "TERM" : "KILL");
            await node.Disk.RemountAsync(readOnly: true);
            await node.StartAsync();
            await clients.CheckAnswersAsync();
            await clients.CompareAsync();
            Assert.NotNull((await node.StatusAsync()).StateFault);
            await HoldAsync();
            await RestartAsync("TERM", () => node.Disk.RemountAsync(readOnly: false));
        }),
    ];

    private (string Name, Func<Task> Act)[] OfClocks =>
    [
        ("the clock goes hours forward for a while", () => StepAsync(random.Next(1, 20), TimeSpan.Zero)),
        ("the clock goes hours back for a while", () => StepAsync(-random.Next(1, 20), TimeSpan.Zero)),
        ("the clock goes wrong and stays so", () => StepAsync(0, TimeSpan.FromHours(random.Next(-20, 20)))),
        ("the clock goes wrong and the node starts again", async () =>
        {
            node.Clock.Step(TimeSpan.FromHours(random.Next(-20, 20)));
            await RestartAsync("TERM");
        }),
    ];

    /// <summary>Ends the node and starts it again; what it then has is compared with what it acknowledged.</summary>
    public async Task RestartAsync(string signal, Func<Task>? between = null)
    {
        await StopAsync(signal);
        if (between is not null)
            await between();
        await node.StartAsync();
        await clients.CompareAsync();
    }

    // While no write is under way.
    private Task QuietlyAsync(Action act) => clients.WhileQuietAsync(() =>
    {
        act();
        return Task.CompletedTask;
    });

    private async Task StopAsync(string signal)
    {
        node.Signal(signal);
        await node.ExitAsync();
    }

    private async Task StepAsync(int hours, TimeSpan then)
    {
        node.Clock.Step(TimeSpan.FromHours(hours));
        await HoldAsync();
        node.Clock.Step(then);
        await HoldAsync();
        await clients.CompareAsync();
    }

    // The disk is no excuse for DNS.
    private async Task WhileAnsweringAsync(Func<Task> fault)
    {
        var done = fault();
        do
        {
            await clients.CheckAnswersAsync();
            await Task.Delay(50);
        }
        while (!done.IsCompleted);
        await done;
    }

    private async Task WithFileAsync<T>(string path, Func<string, Task<T>> make)
    {
        await make(path);
        await HoldAsync();
        File.Delete(path);
    }

    private Task HoldAsync() => Task.Delay(random.Next(300, 2000));
}
