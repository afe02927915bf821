using System.Collections.Immutable;
using Meridian.Dns.Wire;
using Meridian.Fleet.Membership;
using Meridian.Gateway;
using Meridian.Health;
using Meridian.Health.Overrides;
using Meridian.Management;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>How the parts of a node are joined at its start.</summary>
internal sealed partial class Node
{
    private void Start(ILoggerFactory logs)
    {
        var remembered = Remember();
        Store.Start();
        Tunnels.Hub.Changed += Loop.ReportEvidence;
        Tunnels.Hub.Reported += () => Loads.ReportTunnels(Tunnels.Hub.Loads);
        _clusters.Listen(_configuration.Reload, _clusterFeature.Receive);
        Fleet?.Start();
        Loop.Start(_health, [_zones, .. Optional(), Loads, new NameFeature(_resolver), _clusterFeature, Records,
            Overrides, Tunnels, _geography, _configuration, new RefusalFeature(History), new PoolFeature(History),
            _health], remembered);

        // Reading leaves as much behind as it makes. Now nobody waits yet; later a collection like this would hold up
        // answers.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        Dns.Open();
        _zones.Open();
        _configuration.Start();
        _watcher.Start([.. FileChecks()]);
        if (_clusters.Home is { } home && _options.Kubernetes is { Status: true } kubernetes)
            _status = WriterOf(home, kubernetes, NodeLog.Of(logs));
    }

    /// <summary>Says that the node serves, which is so when all its ports are open.</summary>
    public void Announce()
    {
        _serving = true;
        Log.Started(_log, Name, string.Join(", ", Dns.EndPoints), State.Resources.Endpoints.Length,
            State.Resources.Zones.Length);
        RecordStart();
    }

    // Each has a loop of its own: a mount that hangs holds up no other files.
    private IEnumerable<FileCheck> FileChecks()
    {
        yield return new FileCheck("configuration", _configuration.Check);
        yield return new FileCheck("keys", new KeyWatch(_sources, Loop, History).Check);
        yield return new FileCheck("secrets",
            new SecretWatch(_options, () => State.Resources, text => Log.Warning(_log, text)).Check);
        if (!_options.GeoFiles.IsEmpty)
            yield return new FileCheck("geography", _geography.Check);
        yield return new FileCheck("cookie-secrets", Dns.CheckCookies);
        if (_options.DnsCertificate is { } dns)
            yield return new FileCheck("dns-certificate", dns.Refresh);
        if (Gateway is not null)
            yield return new FileCheck("gateway-certificates", () => GatewayServer?.Refresh());
        if (_options.Management.Certificate is { } management)
            yield return new FileCheck("management-certificate", management.Refresh);
        if (_options.Management.Token is { } token)
            yield return new FileCheck("management-token", token.Refresh);
    }

    // What cannot be used is told once, and stands in the status until it can.
    private void RecordFiles(string name, string? fault) => History.Record(
        fault is null ? LogLevel.Information : LogLevel.Error, "files", name, fault ?? $"{name}: in use again");

    private IEnumerable<IFeature> Optional() =>
    [
        .. Gateway is null ? Array.Empty<IFeature>() : [new GatewayFeature(Gateway)],
        .. Fleet is null ? Array.Empty<IFeature>() : [Fleet],
        .. Shared is null ? Array.Empty<IFeature>() : [Shared.Records, Shared.Updates, Shared.Cookies, Shared.Versions],
    ];

    private Member Member() => new(_options.Name, Guid.NewGuid().ToString("N"), _options.Region, StatusReader.Version,
        StartedAt, null);

    // What outlived the last process.
    private Change Remember()
    {
        var owners = Store.Records.Read().ToImmutableSortedDictionary(o => o.Id, o => o, StringComparer.Ordinal);
        var overrides = new OverrideBook(Store.Overrides.Read());
        var geography = _geography.Load();
        Loop.Update(state => state with { Overrides = overrides });
        return new Change("start", inputs => inputs with
        {
            Owners = owners,
            Geography = geography,
            Discovery = _clusters.Remembered,
            Zones = _zones.Remembered,
        });
    }

    private Prepared Prepare(NodeState state, NodeInputs inputs, IReadOnlyCollection<DnsName>? zones) => zones is null
        ? NextState.Of(state, inputs, _health.Judge(state), _sources, _time.GetUtcNow())
        : NextState.OfZones(state, inputs, zones, _sources);

    private void Resolved(string name, string addresses)
    {
        Log.Resolved(_log, name, addresses);
        _ = Loop.SubmitAsync(NameFeature.Resolved);
    }

    private void Probed(ProbeKey probe, ProbeResult result)
    {
        Loads.ReportProbe(probe, result);
        if (result.Ok && State.Readiness.Returned.Any())
            Loop.ReportEvidence();
    }

    private async ValueTask<TunnelConnection> ConnectAsync(TunnelSource source, bool bulk, CancellationToken stop)
    {
        var stream = await Tunnels.Hub.ConnectAsync(source.Agent, source.Service, bulk, stop);
        return new TunnelConnection(stream, stream.CompleteWrites, stream.Keep);
    }

    private static partial class Log
    {
        [LoggerMessage(EventId = 100, Level = LogLevel.Information,
            Message = "node {Node} answers DNS on {EndPoints}: {Endpoints} endpoints in {Zones} zones")]
        public static partial void Started(ILogger logger, string node, string endPoints, int endpoints, int zones);

        [LoggerMessage(EventId = 103, Level = LogLevel.Error, Message = "{What}")]
        public static partial void Fault(ILogger logger, string what);

        [LoggerMessage(EventId = 113, Level = LogLevel.Warning, Message = "{What}")]
        public static partial void Warning(ILogger logger, string what);

        [LoggerMessage(EventId = 112, Level = LogLevel.Error,
            Message = "the probe engine met a fault and goes on")]
        public static partial void ProbeFault(ILogger logger, Exception fault);

        [LoggerMessage(EventId = 107, Level = LogLevel.Information, Message = "{Name} resolves to {Addresses}")]
        public static partial void Resolved(ILogger logger, string name, string addresses);

        [LoggerMessage(EventId = 108, Level = LogLevel.Warning,
            Message = "{Name} cannot be resolved: {Error}; what was known last is kept")]
        public static partial void NotResolved(ILogger logger, string name, string error);

        [LoggerMessage(EventId = 109, Level = LogLevel.Information, Message = "{What}")]
        public static partial void Zone(ILogger logger, string what);
    }
}
