using System.Collections.Immutable;
using Meridian.Files;
using Meridian.Model;
using Meridian.Running.Control;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>
/// Reads the configuration again when files or custom resources change, beside the control loop: ten thousand endpoints
/// take seconds to read and check. What has a fault is not applied, and the last good one serves on.
/// </summary>
internal sealed class ConfigurationFeature(NodeOptions options, NodeKubernetes clusters, ControlLoop loop,
    History history, Action wake) : IFeature
{
    private string _fingerprint = "";
    private volatile bool _asked;

    public string Name => "configuration";

    // What people are told the configuration was read from.
    private string Sources => string.Join(", ", options.Kubernetes is null
        ? options.Configuration : [.. options.Configuration, clusters.Home!.Server.ToString()]);

    /// <summary>What leads to the first state.</summary>
    public static NodeState Begin(LoadedConfiguration configuration, DateTimeOffset now) => new()
    {
        Inputs = new NodeInputs { Configuration = configuration },
        RefusedObjects = RefusedIn(configuration),
        ConfiguredAt = now,
    };

    /// <summary>Looks for changes of what was read at the start.</summary>
    public void Start()
    {
        _fingerprint = VersionOf(loop.State.Inputs.Configuration.Files);
        TellRefused(ImmutableDictionary<string, ImmutableArray<Fault>>.Empty, loop.State.Inputs.Configuration);
    }

    /// <summary>Reads the configuration again, changed or not.</summary>
    public void Reload()
    {
        _asked = true;
        wake();
    }

    /// <summary>
    /// Reads the configuration again where somebody has asked for it or the files have changed. Called by the file
    /// watcher alone.
    /// </summary>
    /// <returns>Null: faults of the configuration have places of their own in the status and the metrics.</returns>
    public string? Check()
    {
        var served = loop.State.Inputs.Configuration;
        var found = VersionOf(served.Files);
        if (!_asked && found == _fingerprint)
            return null;
        _asked = false;
        _fingerprint = found;
        var loaded = Read(served.Objects?.Accepted ?? ImmutableDictionary<string, ConfigurationObject>.Empty);
        if (!loaded.Faults.IsEmpty)
        {
            loop.Post(Name, () => Refuse(loaded));
            return null;
        }

        // A file that changed while it was read still differs from the fingerprint of before, and is read again.
        if (found == VersionOf(served.Files))
            _fingerprint = VersionOf(loaded.Files);
        var difference = ResourceDifference.Of(served.Resources, loaded.Resources);
        var refusal = loop.SubmitAsync(new Change(Name, inputs => inputs with { Configuration = loaded })
        {
            Committed = (_, now) => Applied(loaded, now, difference),
        }).GetAwaiter().GetResult();
        if (refusal is not null)
            history.Record(LogLevel.Error, Name, Sources, $"the configuration cannot be applied: {refusal.Reason}");
        return null;
    }

    private LoadedConfiguration Read(ImmutableDictionary<string, ConfigurationObject> before)
    {
        try
        {
            return options.Kubernetes is null
                ? LoadedConfiguration.Load(options.Configuration, options.AllowEmpty)
                : LoadedConfiguration.Load(options.Configuration, clusters.Objects, before,
                    options.AllowEmpty);
        }
        catch (Exception e)
        {
            // A fault of ours in reading is one more reason not to apply what is on disk.
            var place = new Location(options.Configuration.FirstOrDefault("objects"), 0, 0);
            return new LoadedConfiguration(ResourceSet.Empty, [new Fault(place, $"cannot be read: {e.Message}")], []);
        }
    }

    private void Refuse(LoadedConfiguration loaded)
    {
        TellRefused(loop.State.RefusedObjects, loaded);
        loop.Update(state => state with { DiskFaults = loaded.Faults, RefusedObjects = RefusedIn(loaded) });
        var count = loaded.Faults.Length;
        history.Record(LogLevel.Error, Name, loaded.Faults[0].Where.File,
            $"the configuration on disk has {count} fault{(count == 1 ? "" : "s")} and is not applied; " +
            $"the one of {loop.State.ConfiguredAt.UtcDateTime:u} serves on. First: {loaded.Faults[0]}");
    }

    private void Applied(LoadedConfiguration loaded, NodeState now, string difference)
    {
        TellRefused(now.RefusedObjects, loaded);
        loop.Update(state => state with
        {
            DiskFaults = [],
            RefusedObjects = RefusedIn(loaded),
            ConfiguredAt = loop.Now,
        });
        if (loaded.Objects is { } objects)
            clusters.Save(objects.Accepted.Values);
        var resources = loaded.Resources;
        history.Record(LogLevel.Information, Name, Sources, $"configuration applied: {resources.Endpoints.Length} " +
            $"endpoints, {resources.Pools.Count} pools, {resources.Zones.Length} zones; {difference}");
    }

    private void TellRefused(ImmutableDictionary<string, ImmutableArray<Fault>> before, LoadedConfiguration loaded)
    {
        foreach (var (id, faults) in RefusedIn(loaded)
            .Where(r => !(before.TryGetValue(r.Key, out var old) && old.SequenceEqual(r.Value))))
        {
            var earlier = loaded.Objects!.Accepted.ContainsKey(id) ? ", the one before serves on" : "";
            history.Record(LogLevel.Error, Name, id,
                $"the latest version of {id} is not applied{earlier}. First: {faults[0]}");
        }
    }

    private string VersionOf(IEnumerable<string> files) =>
        FileVersion.Of(options.Configuration.SelectMany(FilesAt).Concat(files).Distinct());

    // A folder is looked into as well: a file may be new.
    private static IEnumerable<string> FilesAt(string path)
    {
        try
        {
            return Directory.Exists(path) ? [.. ConfigurationReader.FilesOf(path)] : [path];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [e.Message];
        }
    }

    private static ImmutableDictionary<string, ImmutableArray<Fault>> RefusedIn(LoadedConfiguration loaded) =>
        loaded.Objects?.Refused ?? ImmutableDictionary<string, ImmutableArray<Fault>>.Empty;
}
