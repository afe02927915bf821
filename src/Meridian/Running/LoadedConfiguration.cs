using System.Collections.Immutable;
using Meridian.CommandLine;
using Meridian.Dns.Zones;
using Meridian.Files;
using Meridian.Model;
using Meridian.Model.Validation;
using Meridian.NameServer;

namespace Meridian.Running;

/// <summary>
/// A configuration read from disk and from a cluster, checked by every room that has something to check.
/// </summary>
internal sealed record LoadedConfiguration(ResourceSet Resources,
    ImmutableArray<Fault> Faults, ImmutableArray<string> Files)
{
    /// <summary>What a person should look at although it is served.</summary>
    public ImmutableArray<Fault> Warnings { get; init; } = [];

    /// <summary>Which objects of a cluster are in it, and which are not and why; null where none were read.</summary>
    public Admission? Objects { get; init; }

    public static LoadedConfiguration Load(IEnumerable<string> paths, bool allowEmpty = false) =>
        Check(ConfigurationReader.ReadPaths(paths, allowEmpty));

    /// <summary>
    /// Reads files and objects. A faulty object is left at its last good version; the faults are those of files.
    /// </summary>
    public static LoadedConfiguration Load(
        IReadOnlyCollection<string> paths, IReadOnlyCollection<ConfigurationObject> objects,
        ImmutableDictionary<string, ConfigurationObject> before, bool allowEmpty = false)
    {
        LoadedConfiguration? last = null;
        var admission = Admission.Admit(paths, objects, before, allowEmpty, read =>
        {
            last = Check(read);
            return read with { Faults = last.Faults };
        });
        return (last ?? Check(admission.Configuration)) with
        {
            Resources = admission.Configuration.Resources,
            Faults = admission.Configuration.Faults,
            Objects = admission,
        };
    }

    /// <summary>
    /// The text of a master file, with one character for each octet; null where it cannot be read or is absurdly large.
    /// </summary>
    public static string? ReadMasterFile(string path)
    {
        try
        {
            return MasterFile.TextOf(RegularFile.ReadBytes(path, ConfigurationReader.MaxFileBytes));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static LoadedConfiguration Check(Configuration configuration)
    {
        var opened = new List<string>();
        var found = ZoneCompiler.Check(configuration.Resources, new ZoneInputs
        {
            Open = path =>
            {
                opened.Add(path);
                return ReadMasterFile(path);
            },
            Signer = new ZoneSigners(TimeProvider.System, ProgramName.Current).Of,
        });
        found = [.. found, .. IssuerKeyCheck.Of(configuration.Resources)];
        var faults = configuration.Faults.Concat(found.Where(f => !f.IsWarning)).DistinctBy(f => (f.Where, f.Message));
        return new LoadedConfiguration(configuration.Resources, [.. faults],
            [.. configuration.Files, .. opened.Select(Path.GetFullPath)])
        {
            Warnings = [.. found.Where(f => f.IsWarning), .. Folly.Of(configuration.Resources)],
        };
    }
}
