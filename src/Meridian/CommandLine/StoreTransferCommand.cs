using System.CommandLine;
using System.Text.Json;
using Meridian.Api;
using Meridian.CommandLine.Options;
using Meridian.Files;
using Meridian.Fleet;
using Meridian.Running;
using Meridian.State.Etcd;
using Meridian.State.Shared;

namespace Meridian.CommandLine;

/// <summary><c>meridian store export</c> and <c>import</c>: what stands in the shared store, as a file.</summary>
internal static class StoreTransferCommand
{
    private const int MaxBytes = 256 * 1024 * 1024;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static ExampleCommand Export()
    {
        var file = new Argument<string>("FILE") { Description = "The file to write; what it held is replaced" };
        var (store, output) = (new StoreOptionSet(), Arguments.Output());
        var command = new ExampleCommand("export",
            "Write what stands in the store for good into a file that nobody else can read: overrides, drained nodes, "
            + "what clients have given.", "meridian store export backup.json --store etcd://127.0.0.1:2379") { file };
        foreach (var option in store.Options.Append(output))
            command.Options.Add(option);
        command.SetAction(async (result, cancellationToken) =>
        {
            await using var shared = StoreCommand.Open(store, result);
            var export = StoreExport.Of(await ReadAsync(shared, cancellationToken), TimeProvider.System.GetUtcNow());
            Write(result.GetRequiredValue(file), export.ToText());
            Console.WriteLine(result.GetRequiredValue(output) == "json"
                ? JsonSerializer.Serialize(new { keys = export.Keys.Count, export.Revision }, ApiJson.Options)
                : $"{export.Keys.Count} keys of revision {export.Revision}");
            return ExitCode.Done;
        });
        return command;
    }

    public static ExampleCommand Import()
    {
        var file = new Argument<string>("FILE") { Description = "What `store export` has written" };
        var replace = new Option<bool>("--replace")
        {
            Description = "Do it where the store holds something else already, which is lost",
        };
        var (store, output) = (new StoreOptionSet(), Arguments.Output());
        var command = new ExampleCommand("import",
            "Make the store hold what was exported. It need not have been prepared; nodes may run meanwhile.",
            "meridian store import backup.json --store etcd://127.0.0.1:2379") { file, replace };
        foreach (var option in store.Options.Append(output))
            command.Options.Add(option);
        command.SetAction(async (result, cancellationToken) =>
        {
            var export = Read(result.GetRequiredValue(file));
            await using var shared = StoreCommand.Open(store, result);
            var before = await ReadAsync(shared, cancellationToken);
            var lost = before.Entries.Values.Count(e => FleetKeys.IsLasting(e.Key)
                && export.Keys.GetValueOrDefault(e.Key) != e.Value);
            if (lost > 0 && !result.GetValue(replace))
                throw new StartException($"the store holds {lost} keys that the file has not, or has with another "
                    + "value; --replace lets them go");
            var transactions = export.From(before);
            if (transactions.Select(SharedLimits.FaultOf).FirstOrDefault(f => f is not null) is { } fault)
                throw new StartException($"no store takes it: {fault}");
            foreach (var transaction in transactions)
                await CommitAsync(shared, transaction);
            var written = transactions.Sum(t => t.Writes.Length);
            Console.WriteLine(result.GetRequiredValue(output) == "json"
                ? JsonSerializer.Serialize(new { keys = export.Keys.Count, written }, ApiJson.Options)
                : $"the store holds the {export.Keys.Count} keys of the file; {written} had to be written");
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task CommitAsync(EtcdStore shared, SharedTransaction transaction)
    {
        var outcome = await shared.CommitAsync(transaction, Limit);
        if (outcome is SharedOutcome.Conflict)
            throw new StartException("somebody has changed the store meanwhile: a part of the file is written; run it "
                + "again");
        if (outcome is SharedOutcome.Unavailable away)
            throw new StartException($"the store did not take it all: {away.Reason}; run it again");
    }

    private static async Task<SharedSnapshot> ReadAsync(EtcdStore shared, CancellationToken cancellationToken)
    {
        var attached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        shared.Start(_ => { }, () =>
        {
            if (shared.IsAttached)
                attached.TrySetResult();
        });
        try
        {
            await attached.Task.WaitAsync(Limit, cancellationToken);
            return shared.Current;
        }
        catch (TimeoutException)
        {
            throw new StartException($"the store cannot be read: {shared.Trouble}");
        }
    }

    private static StoreExport Read(string path)
    {
        try
        {
            return StoreExport.Parse(RegularFile.ReadText(path, MaxBytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException)
        {
            throw new StartException($"{path} cannot be imported: {e.Message}");
        }
    }

    private static void Write(string path, string text)
    {
        try
        {
            NewFile.Replace(path, text, NewFile.ForOwner);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"{path} cannot be written: {e.Message}");
        }
    }
}
