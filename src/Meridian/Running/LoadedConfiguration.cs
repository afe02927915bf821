using System.Collections.Immutable;
using Meridian.Model;
using Meridian.NameServer;

namespace Meridian.Running;

/// <summary>A configuration read from disk, checked by every room that has something to check.</summary>
internal sealed record LoadedConfiguration(ResourceSet Resources, ImmutableArray<Fault> Faults, ImmutableArray<string> Files)
{
    public static LoadedConfiguration Load(IEnumerable<string> paths)
    {
        var configuration = ConfigurationReader.ReadPaths(paths);
        var opened = new List<string>();
        var zoneFaults = ZoneCompiler.Check(configuration.Resources, new ZoneInputs
        {
            Open = path =>
            {
                opened.Add(path);
                return ReadMasterFile(path);
            },
            Signer = new ZoneSigners(TimeProvider.System).Of,
        });
        var faults = configuration.Faults.Concat(zoneFaults).DistinctBy(f => (f.Where, f.Message)).ToImmutableArray();
        return new LoadedConfiguration(configuration.Resources, faults, [.. configuration.Files, .. opened.Select(Path.GetFullPath)]);
    }

    /// <summary>The text of a master file; null where it cannot be read or is absurdly large.</summary>
    public static string? ReadMasterFile(string path)
    {
        try
        {
            return new FileInfo(path) is { Exists: true, Length: <= ConfigurationReader.MaxFileBytes } ? File.ReadAllText(path) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
