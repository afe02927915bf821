using System.Collections.Immutable;
using Meridian.Files;
using Meridian.Geography;
using Meridian.Model;
using Meridian.Model.Resources;
using Meridian.Running.Control;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>
/// Where clients are, read again when the files change. What cannot be read leaves the old one in force.
/// </summary>
internal sealed partial class GeographyFeature(ImmutableArray<string> files, ControlLoop loop, History history,
    ILogger log) : IFeature
{
    // The worldwide databases with cities are below 200 MB.
    private const int MaxBytes = 1024 * 1024 * 1024;

    private string? _fingerprint;
    private string? _fault;

    public string Name => "geography";

    /// <summary>Reads the files for the first time.</summary>
    /// <exception cref="StartException">They cannot be read.</exception>
    public GeoDatabase Load()
    {
        _fingerprint = FileVersion.Of(files);
        try
        {
            return Read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            throw new StartException($"geography cannot be read: {e.Message}");
        }
    }

    /// <summary>Reads the files where they have changed. Called by the file watcher alone.</summary>
    /// <returns>What is wrong with the files, for as long as it is; null for nothing.</returns>
    public string? Check()
    {
        var found = FileVersion.Of(files);
        if (found == _fingerprint)
            return _fault;
        _fingerprint = found;
        try
        {
            var geography = Read();
            _ = loop.SubmitAsync(new Change(Name, inputs => inputs with { Geography = geography })
            {
                Committed = (_, _) => history.Record(LogLevel.Information, "configuration", Name,
                    $"geography applied: {string.Join("; ", geography.Descriptions)}"),
            });
            return _fault = null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            // A file that may be read now looks as it did before. One with a fault is not parsed every second.
            if (e is not InvalidDataException)
                _fingerprint = null;
            return _fault = $"geography cannot be read and the old one serves on: {e.Message}";
        }
    }

    public void Commit(NodeState before, NodeState now)
    {
        if (ReferenceEquals(before.Resources, now.Resources) || !now.Inputs.Geography.IsEmpty)
            return;

        // Of what people wrote: pools of gateways are ordered by distance whether or not it can be known.
        var written = now.Inputs.Configuration.Resources;
        if (written.Endpoints.FirstOrDefault(e => NeedsGeography(e, written)) is { } endpoint)
            NoGeography(log, endpoint.Hostname);
    }

    private static bool NeedsGeography(GlobalEndpoint endpoint, ResourceSet resources) =>
        EndpointPolicyTraits.Of(endpoint.Policy).NeedsGeography
        || (endpoint.SourceMap is { } map && resources.SourceMaps.GetValueOrDefault(map) is { } sources
            && sources.Sources.Any(s => !s.Countries.IsEmpty || !s.Continents.IsEmpty || !s.Asns.IsEmpty))
        || endpoint.Pools.Any(p => resources.Pools.GetValueOrDefault(p.Pool) is { } pool
            && PoolPolicyTraits.Of(pool.Policy).NeedsGeography);

    private GeoDatabase Read()
    {
        var geography = GeoDatabase.Of([.. files.Select(f => GeoFile.Read(f, RegularFile.ReadBytes(f, MaxBytes)))]);
        foreach (var description in geography.Descriptions)
            Described(log, description);
        return geography;
    }

    [LoggerMessage(EventId = 105, Level = LogLevel.Information, Message = "geography: {Description}")]
    private static partial void Described(ILogger logger, string description);

    [LoggerMessage(EventId = 106, Level = LogLevel.Warning, Message =
        "no --geo database is loaded: {Hostname} and every other endpoint that is answered by where clients are " +
        "answers in the order of its pools and addresses, and no client is of a country, continent or AS number")]
    private static partial void NoGeography(ILogger logger, string hostname);
}
