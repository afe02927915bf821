using System.Collections.Immutable;
using Meridian.Dns.Wire;
using Meridian.Health;
using Meridian.Model;
using Meridian.Model.Verdicts;
using Meridian.NameServer;
using Meridian.Operator.Discovering;
using Meridian.Steering;
using Meridian.Steering.Geography;
using Meridian.Steering.Loads;
using Meridian.Steering.Plans;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>The control loop: the one writer of a node.</summary>
internal sealed partial class Node
{
    /// <summary>How often files and expiries are looked at.</summary>
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private long _weighed;
    private ImmutableDictionary<string, string> _refused = ImmutableDictionary<string, string>.Empty;

    private async Task RunAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(Tick, _time);
        var tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
        var signalled = _signals.Reader.WaitToReadAsync(cancellationToken).AsTask();
        while (!cancellationToken.IsCancellationRequested)
        {
            try
            {
                await Task.WhenAny(tick, signalled);
                cancellationToken.ThrowIfCancellationRequested();
                Drain();
                if (signalled.IsCompleted)
                    signalled = _signals.Reader.WaitToReadAsync(cancellationToken).AsTask();
                if (!tick.IsCompleted)
                    continue;
                tick = timer.WaitForNextTickAsync(cancellationToken).AsTask();
                ExpireOverrides();
                Weigh();
                LookAtFiles();
                LookAtClusters();
                LookAtRecords();
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                // A fault of ours must not end the loop: the last good table serves on, and the next change is taken.
                Log.LoopFault(_log, e);
            }
        }
    }

    // Everything that is waiting is taken at once, so that a site's death is one new table and not a hundred.
    private void Drain()
    {
        var verdicts = new List<VerdictChange>();
        var overrides = new List<Signal.Overrides>();
        var zones = new List<Signal>();
        var records = new List<Signal.Records>();
        LoadedConfiguration? loaded = null;
        Discovery? discovered = null;
        var (resolved, reload, confirmed) = (false, false, false);
        while (_signals.Reader.TryRead(out var signal))
        {
            switch (signal)
            {
                case Signal.Verdict verdict:
                    verdicts.Add(verdict.Change);
                    break;
                case Signal.Overrides word:
                    overrides.Add(word);
                    break;
                case Signal.Resolved:
                    resolved = true;
                    break;
                case Signal.Reload:
                    reload = true;
                    break;
                case Signal.Records change:
                    records.Add(change);
                    break;
                case Signal.Heard heard:
                    _records.Hear(heard.Caller, _time.GetUtcNow());
                    break;
                case Signal.Objects:
                    reload = true;
                    break;
                case Signal.Discovered told:
                    discovered = told.Discovery;
                    break;
                case Signal.Confirmed or Signal.Tunnelled:
                    confirmed = true;
                    break;
                case Signal.Loaded read:
                    loaded = read.Configuration;
                    break;
                case Signal.Transferred or Signal.Updated:
                    zones.Add(signal);
                    break;
            }
        }

        if (loaded is not null)
            Take(loaded);
        if (discovered is not null)
            TakeDiscovery(discovered);
        else if (loaded is null && resolved)
            Install(_served);
        if (reload || (loaded is not null && _changedMeanwhile))
            Reconfigure();
        foreach (var zone in zones)
            TakeZone(zone);
        foreach (var change in records)
            change.Done.TrySetResult(TakeRecords(change));
        if (verdicts.Count > 0)
            TakeVerdicts(verdicts);
        if (confirmed)
            Swap(_handle.Current.WithOverrides(Verdicts, _time.GetUtcNow()));
        if (overrides.Count > 0)
        {
            Swap(_handle.Current.WithOverrides(Verdicts, _time.GetUtcNow()));
            foreach (var word in overrides)
                word.Done.TrySetResult();
        }
    }

    private void TakeZone(Signal signal)
    {
        if (signal is Signal.Transferred transferred)
        {
            Recompile(transferred.Origin);
            return;
        }

        var (origin, update) = (Signal.Updated)signal;
        var before = _zoneData.Change(origin, update);
        var taken = Recompile(origin);
        if (taken)
            _zoneData.Save(origin, update);
        else
            _zoneData.Undo(origin, update, before);
        ((Signal.Updated)signal).Done.TrySetResult(taken);
    }

    // One zone has other data; the table and all other zones stay. False where the old data serves on.
    private bool Recompile(DnsName origin)
    {
        var zone = ZoneCompiler.Compile(_expanded, _handle.Current, _handle, _zoneData.Inputs, origin, out var faults);
        if (!faults.IsEmpty)
            Happen(LogLevel.Error, "zone", origin.ToString(),
                $"zone {origin} has a fault and the old one serves on: {faults[0]}");
        if (zone is not null)
            _zoneData.Serve(_zones.Current.With(zone));
        return zone is not null;
    }

    private string? KeysOf(DnsName origin) => _served.Resources.Zones
        .FirstOrDefault(z => z.Dnssec is not null && DnsName.TryParse(z.Origin, null, out var name, out _)
            && name.Equals(origin))?.Dnssec!.Keys;

    private void TakeVerdicts(List<VerdictChange> changes)
    {
        Swap(_handle.Current.WithVerdicts(changes.Select(c => c.Key), Verdicts, _time.GetUtcNow()));
        foreach (var change in changes.Where(c => c.Turned || c.Before.Remembered))
        {
            _store.Verdicts.Save(change.Key, change.After);
            if (change.Turned && change.Before.State != VerdictState.Unknown)
                Happen(LogLevel.Information, "verdict", change.Key.ToString(),
                    $"{change.Key} is {change.After.State.ToString().ToLowerInvariant()}: {change.After.Reason}");
        }
    }

    private void Swap(SteeringTable table)
    {
        var before = _handle.Current;
        _handle.Current = table;
        Gateway?.Update(table);
        _zoneData.Republish();
        foreach (var (old, now) in before.Endpoints.Zip(table.Endpoints)
            .Where(p => !ReferenceEquals(p.First, p.Second)))
        {
            foreach (var pool in now.AllPools)
            {
                var was = old.AllPools.FirstOrDefault(p => p.Shape.Pool.Name == pool.Shape.Pool.Name);
                if (was is not null && was.State != pool.State && was.State != PoolState.Unknown)
                    Happen(pool.State == PoolState.Up ? LogLevel.Information : LogLevel.Warning, "pool",
                        $"{now.Endpoint.Name}/{pool.Shape.Pool.Name}", PoolWords.Of(now, pool, was.State));
            }
        }
    }

    // The law counts in ticks of its own, which are longer than those of the loop.
    private void Weigh()
    {
        if (_time.GetElapsedTime(_weighed) < WeightLaw.Tick)
            return;
        _weighed = _time.GetTimestamp();
        var table = _loads.Step(_handle.Current);
        if (!ReferenceEquals(table, _handle.Current))
            Swap(table);
    }

    private void ExpireOverrides()
    {
        var now = _time.GetUtcNow();
        foreach (var word in _overrides.Overrides.Where(o => !o.IsActive(now)))
        {
            _ = _store.Overrides.DeleteAsync(word.Target);
            Happen(LogLevel.Information, "override", word.Target.Text,
                $"the override on {word.Target} by {word.Author} has expired");
        }

        lock (_overrideLock)
        {
            if (ReferenceEquals(_overrides.At(now), _overrides))
                return;
            _overrides = _overrides.At(now);
        }

        Swap(_handle.Current.WithOverrides(Verdicts, now));
    }

    private void LookAtFiles()
    {
        var geo = FileFingerprint.Of([], _options.GeoFiles);
        if (geo != _geoFingerprint && LoadGeography())
            Install(_served);
        if (FileFingerprint.Of(_options.Configuration, _served.Files) != _fingerprint)
            Reconfigure();
        if (_cookies.Refresh() is { } wrong)
            Log.StoreFault(_log, wrong);
        if (_options.DnsCertificate?.Refresh() is { } fault)
            Log.StoreFault(_log, $"{fault}; the old one serves on");
        foreach (var zone in _zones.Current.Zones.Where(z => z.Signer is not null))
        {
            if (KeysOf(zone.Origin) is { } folder && _zoneData.Signers.HasChanged(zone.Origin, folder)
                && Recompile(zone.Origin))
                Log.Zone(_log, $"zone {zone.Origin}: new keys are in use");
        }
    }

    // Reading and checking ten thousand endpoints takes seconds, in which verdicts must go on being acted on: it
    // happens beside the loop and comes back as a signal.
    private void Reconfigure()
    {
        _changedMeanwhile = _reading;
        if (_reading)
            return;
        _reading = true;
        _fingerprint = FileFingerprint.Of(_options.Configuration, _served.Files);
        var before = _served.Objects?.Taken ?? ImmutableDictionary<string, ConfigurationObject>.Empty;
        _loading = Task.Run(() => _signals.Writer.TryWrite(new Signal.Loaded(Read(before))));
    }

    private LoadedConfiguration Read(ImmutableDictionary<string, ConfigurationObject> before)
    {
        try
        {
            return _options.Kubernetes is null
                ? LoadedConfiguration.Load(_options.Configuration)
                : LoadedConfiguration.Load(_options.Configuration, _kubernetes.Objects, before);
        }
        catch (Exception e)
        {
            // A fault of ours in reading is one more reason not to take what is on disk.
            Log.LoopFault(_log, e);
            return new LoadedConfiguration(ResourceSet.Empty,
                [new Fault(new Location(_options.Configuration.FirstOrDefault("objects"), 0, 0),
                    $"cannot be read: {e.Message}")], []);
        }
    }

    // What people are told the configuration was read from.
    private string Sources =>
        string.Join(", ", _options.Kubernetes is null
            ? _options.Configuration : [.. _options.Configuration, _kubernetes.Home!.Server.ToString()]);

    private void Take(LoadedConfiguration loaded)
    {
        _reading = false;
        var refused = loaded.Objects?.Refused ?? ImmutableDictionary<string, ImmutableArray<Fault>>.Empty;
        _faults = new FaultList([.. loaded.Faults,
            .. refused.OrderBy(r => r.Key, StringComparer.Ordinal).SelectMany(r => r.Value)]);
        var before = _refusedObjects;
        _refusedObjects = refused;
        foreach (var (id, faults) in refused
            .Where(r => !(before.TryGetValue(r.Key, out var old) && old.SequenceEqual(r.Value))))
            Happen(LogLevel.Error, "configuration", id,
                $"the latest version of {id} is not taken{(loaded.Objects!.Taken.ContainsKey(id) ? ", the one before serves on" : "")}. First: {faults[0]}");
        if (!loaded.Faults.IsEmpty)
        {
            Happen(LogLevel.Error, "configuration", loaded.Faults[0].Where.File,
                $"the configuration on disk has {loaded.Faults.Length} fault{(loaded.Faults.Length == 1 ? "" : "s")} and is not taken; " +
                $"the one of {ConfiguredAt:HH:mm:ss} serves on. First: {loaded.Faults[0]}");
            return;
        }

        // A file that changed while it was read still differs from the fingerprint of before, and is read again.
        var same = _fingerprint == FileFingerprint.Of(_options.Configuration, _served.Files);
        Install(loaded);
        if (same)
            _fingerprint = FileFingerprint.Of(_options.Configuration, loaded.Files);
        ConfiguredAt = _time.GetUtcNow();
        if (loaded.Objects is { } objects)
            _kubernetes.Save(objects.Taken.Values);
        Happen(LogLevel.Information, "configuration", Sources,
            $"configuration taken: {loaded.Resources.Endpoints.Length} endpoints, {loaded.Resources.Pools.Count} pools, {loaded.Resources.Zones.Length} zones");
    }

    /// <summary>
    /// Puts a sound configuration into force: what is probed first, then the table, then the zones that use it.
    /// </summary>
    private void Install(LoadedConfiguration configuration)
    {
        _kubernetes.Hub.Update(configuration.Resources);
        var joined = Compose(configuration.Resources, _records.Owners);
        var resources = joined.Resources;
        _resolver.Update(resources.Pools.Values.Where(p => p.Flatten).SelectMany(p => p.Addresses)
            .Where(a => a.Enabled && a.Tunnel is null && !System.Net.IPAddress.TryParse(a.Value, out _))
            .Select(a => a.Value.TrimEnd('.').ToLowerInvariant()).ToHashSet());

        var now = _time.GetUtcNow();
        var table = SteeringCompiler.Compile(resources, _geo, Verdicts, now, _handle.Current);
        var targets = table.Probes.Select(k => new ProbeTarget(k, resources.HealthChecks[k.Check])).ToImmutableArray();
        Health.Update(targets, _remembered);
        _loads.Update(table);
        _remembered = null;

        // The records of new targets exist now, remembered verdicts among them.
        table = table.WithAll(Verdicts, now);
        var handle = new SteeringHandle { Current = table };
        var zones = ZoneCompiler.Compile(resources, table, handle, _zoneData.Inputs, out var faults);
        if (!faults.IsEmpty)
        {
            _faults = new FaultList(faults);
            Happen(LogLevel.Error, "configuration", faults[0].Where.File,
                $"the zones cannot be built and the old ones serve on: {faults[0]}");
            return;
        }

        _served = configuration;
        _expanded = resources;
        Tell(joined.Refused);
        _tunnels.Review();
        _handle = handle;
        Gateway?.Update(table);
        _zoneData.Serve(zones);
        _zoneData.Follow(resources.Zones.Where(z => !z.Primaries.IsEmpty)
            .Select(z => ZoneCompiler.PrimariesOf(z, resources)));
        if (_geo.IsEmpty && resources.Endpoints
            .FirstOrDefault(e => e.Policy == Model.Resources.EndpointPolicy.Nearest) is { } endpoint)
            Log.NoGeography(_log, endpoint.Hostname);
    }

    // What was offered and cannot be taken is said once, and again when the reason is another.
    private void Tell(ImmutableDictionary<string, string> refused)
    {
        foreach (var (source, reason) in refused.Where(r => _refused.GetValueOrDefault(r.Key) != r.Value))
            Happen(LogLevel.Warning, "contribution", source, $"{source} is not taken: {reason}");
        _refused = refused;
    }

    private bool LoadGeography()
    {
        _geoFingerprint = FileFingerprint.Of([], _options.GeoFiles);
        try
        {
            _geo = GeoDatabase.Of([.. _options.GeoFiles.Select(f => GeoFile.Read(f, File.ReadAllBytes(f)))]);
            foreach (var description in _geo.Descriptions)
                Log.Geography(_log, description);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            if (StartedAt == ConfiguredAt && _loop == Task.CompletedTask)
                throw new StartException($"geography cannot be read: {e.Message}");
            Happen(LogLevel.Error, "configuration", "geography",
                $"geography cannot be read and the old one serves on: {e.Message}");
            return false;
        }
    }
}
