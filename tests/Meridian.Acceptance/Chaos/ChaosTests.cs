using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;

namespace Meridian.Acceptance.Chaos;

/// <summary>
/// Random faults of disk, files, clock, descriptors and signals, while people, DNS clients and programs that write ask
/// and write. Some seconds here, a minute in CI, and hours with <c>MERIDIAN_CHAOS_SECONDS</c>;
/// <c>MERIDIAN_CHAOS_SEED</c> repeats the faults of a run, and <c>MERIDIAN_CHAOS_FAULTS</c> has part of the name of
/// those that shall happen.
/// </summary>
public sealed class ChaosTests
{
    private readonly ConcurrentQueue<string> _steps = new();

    [Fact]
    public async Task Nothing_that_was_acknowledged_is_lost_and_no_answer_is_wrong()
    {
        Assert.SkipUnless(Run.Has("knsupdate"), "knsupdate is not installed; on Debian: apt-get install knot-dnsutils");
        Assert.SkipUnless(Run.Has("prlimit"), "prlimit is not installed; on Debian: apt-get install util-linux");
        await using var disk = await SmallDisk.MountDeviceAsync(24 * 1024 * 1024)
            ?? await SmallDisk.MountAsync(16 * 1024 * 1024);
        Assert.SkipWhen(disk is null, SmallDisk.Missing);
        if (!disk.HasDevice)
            Say("the disk is neither slow nor read-only: an ext4 in a file cannot be mounted here");
        if (SteppedClock.Library is null)
            Say(SteppedClock.Missing);
        var seed = Setting("MERIDIAN_CHAOS_SEED", Environment.TickCount);
        var random = new Random(seed);
        await using var node = new ChaosNode(disk);
        ChaosClients? clients = null;
        var told = () => $"seed {seed}; {clients}\n{string.Join('\n', _steps)}";
        using var running = clients = new ChaosClients(node, seed, told);
        var faults = new ChaosFaults(node, clients, random);
        var wanted = Environment.GetEnvironmentVariable("MERIDIAN_CHAOS_FAULTS") ?? "";
        var all = faults.All.Where(f => f.Name.Contains(wanted, StringComparison.Ordinal)).ToArray();
        await node.StartAsync();

        var work = clients.RunAsync();
        try
        {
            var until = Stopwatch.StartNew();
            var limit = TimeSpan.FromSeconds(Setting("MERIDIAN_CHAOS_SECONDS", 15));
            while (until.Elapsed < limit && !work.IsCompleted)
            {
                var (name, fault) = all[random.Next(all.Length)];
                _steps.Enqueue($"{until.Elapsed.TotalSeconds:F1} s: {name}");
                await fault();
                await node.UntilReadyAsync();
            }

            // A short run may have met faults alone. One that stored nothing shows nothing.
            await Wait.UntilAsync(() => clients.HaveWorked || work.IsCompleted, told, 30);
        }
        catch (Exception e) when (e is not Xunit.Sdk.XunitException)
        {
            throw new InvalidOperationException($"{e.Message}\n{told()}\n{node.Log}", e);
        }
        finally
        {
            clients.End();
        }

        await work;

        // The end as it comes to a machine: without a word.
        await faults.RestartAsync("KILL");
        await node.UpdateAsync("last.example.org", "10.9.9.9");
        Assert.Null((await node.StatusAsync()).StateFault);
        Say(told());
    }

    private static void Say(string line) => TestContext.Current.SendDiagnosticMessage(line);

    private static int Setting(string variable, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out var value)
            ? value : otherwise;
}
