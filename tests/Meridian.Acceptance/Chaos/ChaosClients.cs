using System.Net.Sockets;
using Meridian.Acceptance.Support;
using Meridian.Api;
using Meridian.Dns.Zones;

namespace Meridian.Acceptance.Chaos;

/// <summary>Those who write to a node and ask it, and remember what it has acknowledged.</summary>
internal sealed class ChaosClients(ChaosNode node, int seed, Func<string> told) : IDisposable
{
    // Held by a writer for one write, and by who compares: a write that is under way is settled before that.
    private readonly SemaphoreSlim[] _turns = [new(1), new(1), new(1)];
    private readonly Ledger _overrides = new();
    private readonly Ledger _updates = new();
    private readonly Ledger _records = new();
    private int _answers;
    private uint? _serial;
    private volatile bool _ends;

    /// <summary>Whether each kind of client has got something done.</summary>
    public bool HaveWorked =>
        _overrides.Acknowledged > 10 && _updates.Acknowledged > 3 && _records.Acknowledged > 3 && _answers > 100;

    public override string ToString() => $"overrides {Counts(_overrides)}; updates {Counts(_updates)}; records of "
        + $"ExternalDNS {Counts(_records)}; {_answers} answers";

    /// <summary>Works until <see cref="End"/>, or until one of them finds something wrong.</summary>
    public Task RunAsync() => Task.WhenAll(
        GuardAsync(_turns[0], new Random(seed + 1), OverrideAsync),
        GuardAsync(_turns[1], new Random(seed + 2), UpdateAsync),
        GuardAsync(_turns[2], new Random(seed + 3), ChangeAsync),
        GuardAsync(null, new Random(), AskAsync));

    public void End() => _ends = true;

    /// <summary>What the node has is what it acknowledged.</summary>
    public Task CompareAsync() => WhileQuietAsync(async () =>
    {
        var overrides = await node.OverridesAsync();
        for (var i = 0; i < ChaosNode.Pools; i++)
            _overrides.Check($"pool/p{i}", overrides.GetValueOrDefault($"pool/p{i}") ?? "", told);
        foreach (var ledger in (Ledger[])[_updates, _records])
        {
            foreach (var name in ledger.Keys.ToArray())
                ledger.Check(name, Text(await Answer.AskAsync(node.DnsPort, name)), told);
        }

        // A secondary would not notice the changes of a zone whose serial goes back.
        var serial = await node.SerialAsync();
        Assert.True(_serial is not { } before || serial == before || Soa.IsLater(serial, before),
            $"the serial was {_serial}, and is {serial}\n{told()}");
        _serial = serial;
    });

    /// <summary>Does something while no write is under way.</summary>
    public async Task WhileQuietAsync(Func<Task> act)
    {
        foreach (var turn in _turns)
            await turn.WaitAsync();
        try
        {
            await act();
        }
        finally
        {
            foreach (var turn in _turns)
                turn.Release();
        }
    }

    /// <summary>What is answered while the disk does not work is right, and it is answered.</summary>
    public async Task CheckAnswersAsync()
    {
        Answer? answer = null;
        await Wait.UntilAsync(async () => (answer = await TryAskAsync("www.example.org")) is not null, told, 20);
        Assert.Equal((0, "10.0.0.80"), (answer!.Code, Text(answer)));
        Assert.True(await node.IsReadyAsync(), told());
    }

    public void Dispose()
    {
        foreach (var turn in _turns)
            turn.Dispose();
    }

    // People.
    private async Task OverrideAsync(Random random, int i)
    {
        var target = $"pool/p{random.Next(ChaosNode.Pools)}";
        var reason = random.Next(4) == 0 ? "" : $"reason {i}";
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
    }

    // Programs that write by RFC 2136.
    private async Task UpdateAsync(Random random, int i)
    {
        var (name, address) = ($"h{random.Next(10)}.example.org", $"10.1.{i / 250 % 250}.{i % 250}");
        var said = await node.UpdateAsync(name, address);

        // Its clock and that of the node were not always stepped in the same moment.
        if (((string[])["SERVFAIL", "NOTAUTH", "BADTIME"]).Any(w => said.Contains(w, StringComparison.Ordinal)))
            _updates.Refuse(name, address, said);
        else
            await SettleAsync(_updates, name, address, said);
    }

    // ExternalDNS.
    private async Task ChangeAsync(Random random, int i)
    {
        var name = $"e{random.Next(10)}.example.org";
        var address = random.Next(4) == 0 ? "" : $"10.2.{i / 250 % 250}.{i % 250}";
        var said = await node.ChangeAsync(name, address);
        if (said.Contains("cannot be stored and are not served", StringComparison.Ordinal))
            _records.Refuse(name, address, said);
        else
            await SettleAsync(_records, name, address, said);
    }

    // What is acknowledged is answered from now on.
    private async Task SettleAsync(Ledger ledger, string name, string address, string said)
    {
        if (said.Length > 0)
        {
            ledger.LeaveOpen(name, address);
            await Task.Delay(50);
            return;
        }

        ledger.Acknowledge(name, address);
        if (await TryAskAsync(name) is { } answer)
            Assert.Equal((address == "" ? 3 : 0, address), (answer.Code, Text(answer)));
    }

    // Clients of DNS: what is answered at all is right.
    private async Task AskAsync(Random random, int i)
    {
        if (await TryAskAsync("www.example.org") is not { } answer)
            return;
        Assert.Equal((0, "10.0.0.80"), (answer.Code, Text(answer)));
        Interlocked.Increment(ref _answers);
    }

    private async Task<Answer?> TryAskAsync(string name)
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

    private Task GuardAsync(SemaphoreSlim? turn, Random random, Func<Random, int, Task> act) => Task.Run(async () =>
    {
        try
        {
            for (var i = 0; !_ends; i++)
            {
                if (turn is not null)
                    await turn.WaitAsync();
                try
                {
                    await act(random, i);
                }
                finally
                {
                    turn?.Release();
                }
            }
        }
        finally
        {
            _ends = true;
        }
    });

    private static string Text(Answer answer) => string.Join(", ", answer.Addresses);

    private static string Counts(Ledger ledger) =>
        $"{ledger.Acknowledged} acknowledged, {ledger.Refused} refused, {ledger.Unknown} without an answer";
}
