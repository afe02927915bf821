using System.CommandLine;
using System.Text.Json;
using Meridian.Addresses;
using Meridian.Api;
using Meridian.CommandLine.Options;
using Meridian.Fleet;
using Meridian.Running;
using Meridian.State.Etcd;
using Meridian.State.Shared;

namespace Meridian.CommandLine;

/// <summary><c>meridian store</c>: the store that nodes share.</summary>
internal static class StoreCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    public static Command Create() =>
        new("store", "Prepare, check and save the store that the nodes of a cluster share.")
    {
        Init(), Check(), StoreTransferCommand.Export(), StoreTransferCommand.Import(),
    };

    private static ExampleCommand Init()
    {
        var (store, output) = (new StoreOptionSet(), Arguments.Output());
        var command = new ExampleCommand("init",
            "Prepare a store, once, before the first node is started with it. A node writes nothing into a store that "
            + "was not prepared, so that an empty one (another etcd, a lost disk) is not taken for a cluster without "
            + "overrides.", "meridian store init --store etcd://127.0.0.1:2379");
        foreach (var option in store.Options.Append(output))
            command.Options.Add(option);
        command.SetAction(async (result, _) =>
        {
            await using var shared = Open(store, result);
            var outcome = await shared.CommitAsync(new SharedTransaction([StoreFormat.First])
            {
                Conditions = [new SharedCondition(FleetKeys.Format, 0)],
            }, Limit);
            if (outcome is SharedOutcome.Unavailable away)
                throw new StartException($"the store did not take it: {away.Reason}");
            var isNew = outcome is SharedOutcome.Committed;
            Console.WriteLine(result.GetRequiredValue(output) == "json"
                ? JsonSerializer.Serialize(new { prepared = isNew }, ApiJson.Options)
                : isNew ? "the store is prepared" : "the store was prepared already");
            return ExitCode.Done;
        });
        return command;
    }

    private static ExampleCommand Check()
    {
        var (store, output) = (new StoreOptionSet(), Arguments.Output());
        var command = new ExampleCommand("check",
            "Ask every member of the store how it is. Exit status 1 when no majority answers, there is no leader, or "
            + "one complains.", "meridian store check --store etcd://127.0.0.1:2379");
        foreach (var option in store.Options.Append(output))
            command.Options.Add(option);
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var shared = Open(store, result);
            var status = await shared.StatusAsync(cancellationToken);
            if (result.GetRequiredValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(status, ApiJson.Options));
            else
                Show(status);
            return status.IsSound ? ExitCode.Done : ExitCode.NotSo;
        });
        return command;
    }

    /// <exception cref="StartException">No store is given, or it cannot be opened.</exception>
    public static EtcdStore Open(StoreOptionSet store, ParseResult result)
    {
        var options = store.Of(result) ?? throw new StartException("--store says which store is meant");
        return NodeStore.Open(options, TimeProvider.System);
    }

    private static void Show(EtcdStoreStatus status)
    {
        var table = new FittedTable([new("endpoint", 0), new("state", 1, Least: 20), new("version", 5),
            new("leads", 2), new("revision", 4), new("size", 3), new("answers in", 6)]);
        foreach (var member in status.Members)
        {
            table.Add(member.IsReached
                ? [member.Endpoint, State(member), member.Version, member.IsLeader ? "yes" : "", $"{member.Revision}",
                    $"{member.SizeBytes >> 10} KiB of {member.QuotaBytes >> 20} MiB",
                    $"{member.Latency.TotalMilliseconds:0.0} ms"]
                : [member.Endpoint, State(member)]);
        }

        var console = Screen.Create();
        console.Write(table.Render(console.Profile.Width));
    }

    private static string State(EtcdMemberStatus member) => DisplayText.Escape(
        string.Join("; ", [member.Trouble ?? "well", .. member.Alarms.Select(a => $"alarm {a}")]));
}
