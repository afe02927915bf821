using Meridian.Model.Binding;
using Meridian.Model.Reading;
using Meridian.Model.Resources;
using Meridian.Model.Validation;
using Meridian.Model.Yaml;

namespace Meridian.Model;

/// <summary>Reads resources from YAML files, folders and objects of a cluster, and finds every fault in them.</summary>
public sealed class ConfigurationReader
{
    /// <summary>Larger files are refused unread; 10,000 endpoints with 100,000 addresses take about 12 MiB.</summary>
    public const int MaxFileBytes = 128 * 1024 * 1024;

    private readonly List<Fault> _faults = [];
    private readonly List<Resource> _resources = [];
    private readonly List<string> _files = [];
    private readonly LocationMap _locations = new();
    private readonly DocumentReader _documents;
    private readonly bool _allowEmpty;

    // Resources that were read in part. References to their missing parts are not reported again.
    private readonly HashSet<Resource> _flawed = new(ReferenceEqualityComparer.Instance);

    // Whether the documents could be separated. If not, nothing can be said to be missing.
    private bool _isWhole = true;

    private ConfigurationReader(bool allowEmpty)
    {
        _allowEmpty = allowEmpty;
        _documents = new DocumentReader(_faults, _locations);
    }

    /// <summary>Reads files, and folders in name order (<c>*.yaml</c> and <c>*.yml</c>, not below).</summary>
    /// <param name="paths">The files and folders.</param>
    /// <param name="allowEmpty">Whether a file may hold no resource.</param>
    public static Configuration ReadPaths(IEnumerable<string> paths, bool allowEmpty = false) =>
        ReadAll(paths, [], allowEmpty);

    /// <summary>Reads files and folders, and after them objects of a cluster in the order given.</summary>
    public static Configuration ReadAll(
        IEnumerable<string> paths, IEnumerable<ConfigurationObject> objects, bool allowEmpty = false)
    {
        var reader = new ConfigurationReader(allowEmpty);
        foreach (var path in paths)
        {
            var faults = reader._faults.Count;
            var files = ConfigurationFiles.At(path, reader._faults);
            reader._isWhole &= reader._faults.Count == faults;
            foreach (var file in files)
                reader.ReadFile(file);
        }

        foreach (var one in objects)
            reader.Add(JsonNodes.Read(one.Id, one.Document, reader._faults), one.Created);
        return reader.Finish();
    }

    /// <summary>Reads one text as if it stood in <paramref name="file"/>.</summary>
    public static Configuration ReadText(string file, string text)
    {
        var reader = new ConfigurationReader(allowEmpty: true);
        reader.ReadDocuments(file, text, DateTimeOffset.UnixEpoch.AddSeconds(1));
        return reader.Finish();
    }

    /// <summary>The YAML files of a folder, in the order in which they are read.</summary>
    public static IEnumerable<string> FilesOf(string folder) => ConfigurationFiles.Of(folder);

    private void ReadFile(string file)
    {
        _files.Add(file);
        if (ConfigurationFiles.Read(file, MaxFileBytes, _faults, out var modified) is { } text)
            ReadDocuments(file, text, modified);
        else
            _isWhole = false;
    }

    private void ReadDocuments(string file, string text, DateTimeOffset modified)
    {
        var (resources, faults) = (_resources.Count, _faults.Count);
        var documents = YamlDocuments.Read(file, text, _faults).ToArray();
        _isWhole &= _faults.Count == faults;
        foreach (var document in documents)
            Add(document, modified);

        // Whoever writes a file anew empties it first, and a full disk cuts it short: that is no wish to have nothing.
        if (!_allowEmpty && _resources.Count == resources && _faults.Count == faults)
        {
            _isWhole = false;
            _faults.Add(new Fault(new Location(file, 0, 0),
                "the file holds no resource; remove it if none is wanted, or give `--allow-empty`"));
        }
    }

    private void Add(YamlNode document, DateTimeOffset modified)
    {
        if (document is YamlScalar { IsNull: true })
            return;
        if (document is not YamlMapping mapping)
        {
            _isWhole = false;
            _faults.Add(new Fault(document.Location, $"a resource is wanted, and this is {document.Describe()}"));
            return;
        }

        var faults = _faults.Count;
        if (_documents.Read(mapping, modified) is not { } resource)
            return;
        _resources.Add(resource);
        if (_faults.Count > faults)
            _flawed.Add(resource);
    }

    private Configuration Finish()
    {
        var resources = new ResourceSet(_resources);
        Validator.Check(resources, _flawed, _isWhole ? _documents.Declared : null, _locations, _faults);
        var order = _files.Distinct().Select((file, index) => (file, index)).ToDictionary(f => f.file, f => f.index);
        var faults = _faults
            .OrderBy(f => order.GetValueOrDefault(f.Where.File, int.MaxValue))
            .ThenBy(f => f.Where.Line).ThenBy(f => f.Where.Column)
            .Distinct();
        return new Configuration(resources, [.. faults], [.. _files.Select(Path.GetFullPath)]);
    }
}
