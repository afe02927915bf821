using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.Sockets;
using Meridian.Acceptance.Support;
using Meridian.Api;

namespace Meridian.Acceptance.Chaos;

/// <summary>
/// Random faults of disk, files, descriptors and signals, while people, DNS clients and programs that update ask and
/// write. Some seconds here, a minute in CI, and hours with <c>MERIDIAN_CHAOS_SECONDS</c>; <c>MERIDIAN_CHAOS_SEED</c>
/// repeats the faults of a run.
/// </summary>
public sealed class ChaosTests : IDisposable
{
    // Held by a writer for one write, and by who compares: a write that is under way is settled before that.
    private readonly SemaphoreSlim _overriding = new(1);
    private readonly SemaphoreSlim _updating = new(1);
    private readonly Ledger _overrides = new();
    private readonly Ledger _records = new();
    private readonly ConcurrentQueue<string> _steps = new();
    private int _answers;
    private volatile bool _ends;

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost_and_no_answer_is_wrong()
    {
        Assert.SkipUnless(Run.Has("nsupdate"), "nsupdate is not installed; on Debian: apt-get install bind9-dnsutils");
        Assert.SkipUnless(Run.Has("prlimit"), "prlimit is not installed; on Debian: apt-get install util-linux");
        await using var disk = await SmallDisk.MountAsync(16 * 1024 * 1024);
        Assert.SkipWhen(disk is null, SmallDisk.Missing);
        var seed = Setting("MERIDIAN_CHAOS_SEED", Environment.TickCount);
        var random = new Random(seed);
        await using var node = new ChaosNode(disk);
        await node.StartAsync();
        var faults = Faults(node, random, seed);

        var clients = Task.WhenAll(
            GuardAsync(() => OverrideAsync(node, new Random(seed + 1))),
            GuardAsync(() => UpdateAsync(node, new Random(seed + 2))),
            GuardAsync(() => AskAsync(node)));
        var until = Stopwatch.StartNew();
        var limit = TimeSpan.FromSeconds(Setting("MERIDIAN_CHAOS_SECONDS", 15));
        while (until.Elapsed < limit && !clients.IsCompleted)
        {
            var (name, fault) = faults[random.Next(faults.Length)];
            _steps.Enqueue($"{until.Elapsed.TotalSeconds:F1} s: {name}");
            await fault();
            await node.UntilReadyAsync();
        }

        _ends = true;
        await clients;

        // The end as it comes to a machine: without a word.
        await AgainAsync(node, "KILL", seed);
        await node.UpdateAsync("last.example.org", "10.9.9.9");
        Assert.Null((await node.StatusAsync()).StateFault);
        Assert.True(_overrides.Acknowledged > 10 && _records.Acknowledged > 3 && _answers > 100, Told(seed));
        TestContext.Current.SendDiagnosticMessage(Told(seed));
    }

    public void Dispose()
    {
        _overriding.Dispose();
        _updating.Dispose();
    }

    private (string Name, Func<Task> Act)[] Faults(ChaosNode node, Random random, int seed)
    {
        var hold = () => Task.Delay(random.Next(300, 2000));
        return
        [
            ("the disk is full", async () =>
            {
                node.Disk.Fill();
                await hold();
                node.Disk.Empty();
            }),
            ("the database is gone for a while", async () =>
            {
                File.Move(node.Database, node.Database + ".away");
                await hold();
                File.Move(node.Database + ".away", node.Database);
            }),
            ("a FIFO among the configuration", () => WithFileAsync(Path.Combine(node.Configuration, "b.yaml"),
                path => Run.ProgramAsync("mkfifo", path), hold)),
            ("a device without an end among the configuration", () => WithFileAsync(
                Path.Combine(node.Configuration, "c.yaml"),
                path => Task.FromResult(File.CreateSymbolicLink(path, "/dev/zero")), hold)),
            ("the configuration is cut short", async () =>
            {
                node.WriteConfiguration(ChaosNode.Sound[..random.Next(ChaosNode.Sound.Length / 2)] + "\nkind: [");
                await hold();
                node.WriteConfiguration(ChaosNode.Sound);
            }),
            ("the configuration is empty", async () =>
            {
                node.WriteConfiguration("");
                await hold();
                node.WriteConfiguration(ChaosNode.Sound);
            }),
            ("a FIFO in place of the geography", async () =>
            {
                File.Move(node.Geography, node.Geography + ".away");
                await WithFileAsync(node.Geography, path => Run.ProgramAsync("mkfifo", path), hold);
                File.Move(node.Geography + ".away", node.Geography);
            }),
            ("hardly a descriptor is left", async () =>
            {
                var open = Directory.GetFileSystemEntries($"/proc/{node.Id}/fd").Length;
                await Run.ProgramAsync("prlimit", $"--pid={node.Id}", $"--nofile={open + 2}:1048576");
                await hold();
                await Run.ProgramAsync("prlimit", $"--pid={node.Id}", "--nofile=65536:1048576");
            }),
            ("the process is held", async () =>
            {
                node.Signal("STOP");
                await hold();
                node.Signal("CONT");
            }),
            ("SIGHUP", () =>
            {
                node.Signal("HUP");
                return hold();
            }),
            ("SIGTERM and a start", () => AgainAsync(node, "TERM", seed)),
            ("kill -9 and a start", () => AgainAsync(node, "KILL", seed)),
        ];
    }

    private static async Task WithFileAsync<T>(string path, Func<string, Task<T>> make, Func<Task> hold)
    {
        await make(path);
        await hold();
        File.Delete(path);
    }

    // Ends the node and starts it again; what it then has is compared with what it acknowledged.
    private async Task AgainAsync(ChaosNode node, string signal, int seed)
    {
        node.Signal(signal);
        await node.ExitAsync();
        await node.StartAsync();
        await _overriding.WaitAsync();
        await _updating.WaitAsync();
        try
        {
            await CompareAsync(node, seed);
        }
        finally
        {
            _overriding.Release();
            _updating.Release();
        }
    }

    // People.
    private async Task OverrideAsync(ChaosNode node, Random random)
    {
        for (var i = 0; !_ends; i++)
        {
            var target = $"pool/p{random.Next(ChaosNode.Pools)}";
            var reason = random.Next(4) == 0 ? "" : $"reason {i}";
            await _overriding.WaitAsync();
            try
            {
                await (reason == "" ? node.ClearAsync(target) : node.SetAsync(target, reason));
                _overrides.Acknowledge(target, reason);
            }
            catch (ManagementException e) when (e.Reached)
            {
                // There is nothing to clear, or it cannot be stored.
                _overrides.Refuse(target, reason, e.Message);
            }
            catch (Exception e) when (e is ManagementException or OperationCanceledException)
            {
                _overrides.LeaveOpen(target, reason);
                await Task.Delay(50);
            }
            finally
            {
                _overriding.Release();
            }
        }
    }

    // Programs that write by RFC 2136.
    private async Task UpdateAsync(ChaosNode node, Random random)
    {
        for (var i = 0; !_ends; i++)
        {
            var name = $"h{random.Next(10)}.example.org";
            var address = $"10.1.{i / 250 % 250}.{i % 250}";
            await _updating.WaitAsync();
            try
            {
                await UpdateAsync(node, name, address);
            }
            finally
            {
                _updating.Release();
            }
        }
    }

    private async Task UpdateAsync(ChaosNode node, string name, string address)
    {
        var said = await node.UpdateAsync(name, address);
        if (said.Contains("SERVFAIL", StringComparison.Ordinal))
            _records.Refuse(name, address, said);
        else if (said.Length > 0)
            _records.LeaveOpen(name, address);
        else
        {
            _records.Acknowledge(name, address);
            if (await TryAskAsync(node, name) is { } answer)
                Assert.Equal((0, address), (answer.Code, string.Join(", ", answer.Addresses)));
        }
    }

    // Clients of DNS: what is answered at all is right.
    private async Task AskAsync(ChaosNode node)
    {
        while (!_ends)
        {
            if (await TryAskAsync(node, "www.example.org") is not { } answer)
                continue;
            Assert.Equal((0, "10.0.0.80"), (answer.Code, string.Join(", ", answer.Addresses)));
            Interlocked.Increment(ref _answers);
        }
    }

    private static async Task<Answer?> TryAskAsync(ChaosNode node, string name)
    {
        try
        {
            return await Answer.AskAsync(node.DnsPort, name);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            await Task.Delay(20);
            return null;
        }
    }

    private async Task CompareAsync(ChaosNode node, int seed)
    {
        var overrides = await node.OverridesAsync();
        for (var i = 0; i < ChaosNode.Pools; i++)
            _overrides.Check($"pool/p{i}", overrides.GetValueOrDefault($"pool/p{i}") ?? "", () => Told(seed));
        foreach (var name in _records.Keys.ToArray())
        {
            var answer = await Answer.AskAsync(node.DnsPort, name);
            _records.Check(name, string.Join(", ", answer.Addresses), () => Told(seed));
        }
    }

    private async Task GuardAsync(Func<Task> client)
    {
        try
        {
            await Task.Run(client);
        }
        finally
        {
            _ends = true;
        }
    }

    private string Told(int seed) => $"seed {seed}; overrides {Counts(_overrides)}; updates {Counts(_records)}; "
        + $"{_answers} answers\n{string.Join('\n', _steps)}";

    private static string Counts(Ledger ledger) =>
        $"{ledger.Acknowledged} acknowledged, {ledger.Refused} refused, {ledger.Unknown} without an answer";

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value)
            ? value : otherwise;
}
