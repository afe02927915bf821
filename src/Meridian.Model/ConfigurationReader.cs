using System.Collections.Immutable;
using System.Text;
using Meridian.Model.Binding;
using Meridian.Model.Resources;
using Meridian.Model.Validation;
using Meridian.Model.Values;
using Meridian.Model.Yaml;

namespace Meridian.Model;

/// <summary>Reads resources from YAML files and folders and finds every fault in them.</summary>
public sealed class ConfigurationReader
{
    /// <summary>Larger files are refused unread; 10,000 endpoints with 100,000 addresses take about 12 MiB.</summary>
    public const int MaxFileBytes = 128 * 1024 * 1024;

    private readonly List<Fault> _faults = [];
    private readonly List<Resource> _resources = [];
    private readonly LocationMap _locations = new();
    private readonly Binder _binder;
    private readonly HashSet<(string Kind, string Name)> _declared = [];
    private readonly List<string> _files = [];

    private ConfigurationReader() => _binder = new Binder(_faults, _locations);

    /// <summary>Reads files, and folders in name order (<c>*.yaml</c> and <c>*.yml</c>, not below).</summary>
    public static Configuration ReadPaths(IEnumerable<string> paths)
    {
        var reader = new ConfigurationReader();
        foreach (var path in paths)
            reader.ReadPath(path);
        return reader.Finish();
    }

    /// <summary>Reads files and folders, and after them objects of a cluster in the order given.</summary>
    public static Configuration ReadAll(IEnumerable<string> paths, IEnumerable<ConfigurationObject> objects)
    {
        var reader = new ConfigurationReader();
        foreach (var path in paths)
            reader.ReadPath(path);
        foreach (var one in objects)
        {
            if (JsonNodes.Read(one.Id, one.Document, reader._faults) is YamlMapping mapping)
                reader.ReadResource(mapping, one.Created, inCluster: true);
        }

        return reader.Finish();
    }

    /// <summary>Reads one text as if it stood in <paramref name="file"/>.</summary>
    public static Configuration ReadText(string file, string text)
    {
        var reader = new ConfigurationReader();
        reader.ReadDocuments(file, text, DateTimeOffset.UnixEpoch.AddSeconds(1));
        return reader.Finish();
    }

    /// <summary>The YAML files of a folder, in the order in which they are read.</summary>
    public static IEnumerable<string> FilesOf(string folder) =>
        Directory.EnumerateFiles(folder)
            .Where(f => Path.GetExtension(f) is ".yaml" or ".yml" && !Path.GetFileName(f).StartsWith('.'))
            .Order(StringComparer.Ordinal);

    private Configuration Finish()
    {
        new Validator(new ResourceSet(_resources), _resources, _declared, _locations, _faults).Run();
        var order = _files.Select((file, index) => (file, index)).DistinctBy(f => f.file)
            .ToDictionary(f => f.file, f => f.index);
        var faults = _faults
            .OrderBy(f => order.GetValueOrDefault(f.Where.File, int.MaxValue))
            .ThenBy(f => f.Where.Line).ThenBy(f => f.Where.Column)
            .Distinct();
        return new Configuration(new ResourceSet(_resources), [.. faults], [.. _files.Select(Path.GetFullPath)]);
    }

    private void ReadPath(string path)
    {
        try
        {
            if (!Directory.Exists(path))
            {
                ReadFile(path);
                return;
            }

            var files = FilesOf(path).ToImmutableArray();
            if (files.IsEmpty)
                _faults.Add(new Fault(new Location(path, 0, 0), "the folder holds no *.yaml or *.yml file"));
            foreach (var file in files)
                ReadFile(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _faults.Add(new Fault(new Location(path, 0, 0), $"cannot be read: {e.Message}"));
        }
    }

    private void ReadFile(string file)
    {
        _files.Add(file);
        var info = new FileInfo(file);
        if (!info.Exists)
        {
            _faults.Add(new Fault(new Location(file, 0, 0), "there is no such file or folder"));
            return;
        }

        if (info.Length > MaxFileBytes)
        {
            _faults.Add(new Fault(new Location(file, 0, 0), $"the file is larger than {MaxFileBytes >> 20} MiB"));
            return;
        }

        try
        {
            var text = new UTF8Encoding(false, true).GetString(File.ReadAllBytes(file));
            ReadDocuments(file, text.TrimStart('\uFEFF'), info.LastWriteTimeUtc);
        }
        catch (DecoderFallbackException)
        {
            _faults.Add(new Fault(new Location(file, 0, 0), "the file is not UTF-8 text"));
        }
    }

    private void ReadDocuments(string file, string text, DateTimeOffset modified)
    {
        foreach (var document in YamlDocuments.Read(file, text, _faults))
        {
            if (document is YamlScalar { IsNull: true })
                continue;
            if (document is YamlMapping mapping)
                ReadResource(mapping, modified);
            else
                _faults.Add(new Fault(document.Location, $"a resource is wanted, and this is {document.Describe()}"));
        }
    }

    private void ReadResource(YamlMapping document, DateTimeOffset modified, bool inCluster = false)
    {
        foreach (var entry in document.Entries)
        {
            if (inCluster && entry.Key.Text == "status")
                continue; // what this program says, not what is wanted
            if (entry.Key.Text is not ("apiVersion" or "kind" or "metadata" or "spec"))
                _faults.Add(new Fault(entry.Key.Location,
                    $"unknown field `{entry.Key.Text}`{Suggestion.For(entry.Key.Text, ["apiVersion", "kind", "metadata", "spec"])}"));
        }

        CheckApiVersion(document);
        var type = ReadKind(document, out var kind);
        var name = ReadName(document, inCluster);
        if (type is null || name is null)
            return;
        if (!_declared.Add((kind, name)))
            _faults.Add(new Fault(document["metadata"]!.Location, $"there is already a {kind} named `{name}`"));
        if (document["spec"] is not YamlMapping spec)
        {
            _faults.Add(new Fault(document["spec"]?.Location ?? document.Location,
                "field `spec` is missing or not a mapping"));
            return;
        }

        var resource = _binder.BindResource(type, name, document.Location, spec);
        if (inCluster && resource is not null)
            CheckPaths(resource);
        resource = resource switch
        {
            Zone zone => WithOrigin(zone, modified),
            TsigKey { SecretFile: { } secret } key => WithFile(key, secret),
            Cluster { Access.File: { } file } cluster => WithFile(cluster, file),
            AccessPolicy { JwksFile: { } keys } policy => WithFile(policy, keys),
            TunnelAgent { Identity.ServiceAccount.JwksFile: { } keys } agent => WithFile(agent, keys),
            _ => resource,
        };
        if (resource is not null)
            _resources.Add(resource);
    }

    private Zone WithOrigin(Zone zone, DateTimeOffset modified)
    {
        var copy = zone with
        {
            DefaultSerial = (uint)Math.Max(1, modified.ToUnixTimeSeconds()),
            File = zone.File is null ? null : Beside(zone, zone.File),
            Dnssec = zone.Dnssec is null ? null : zone.Dnssec with { Keys = Beside(zone, zone.Dnssec.Keys) },
        };
        _locations.Alias(copy, zone);
        return copy;
    }

    private TsigKey WithFile(TsigKey key, string secret)
    {
        var copy = key with { SecretFile = Beside(key, secret) };
        _locations.Alias(copy, key);
        return copy;
    }

    private Cluster WithFile(Cluster cluster, string file)
    {
        var copy = cluster with { Access = cluster.Access! with { File = Beside(cluster, file) } };
        _locations.Alias(copy, cluster);
        _locations.Alias(copy.Access!, cluster.Access!);
        return copy;
    }

    private AccessPolicy WithFile(AccessPolicy policy, string keys)
    {
        var copy = policy with { JwksFile = Beside(policy, keys) };
        _locations.Alias(copy, policy);
        return copy;
    }

    private TunnelAgent WithFile(TunnelAgent agent, string keys)
    {
        var (identity, account) = (agent.Identity, agent.Identity.ServiceAccount!);
        var copy = agent with { Identity = identity with { ServiceAccount = account with { JwksFile = Beside(agent,
            keys) } } };
        _locations.Alias(copy, agent);
        _locations.Alias(copy.Identity, identity);
        _locations.Alias(copy.Identity.ServiceAccount!, account);
        return copy;
    }

    // An object lies in no folder that a path could be relative to.
    private void CheckPaths(Resource resource)
    {
        foreach (var (field, path) in (ReadOnlySpan<(string, string?)>)
            [("file", (resource as Zone)?.File), ("dnssec.keys", (resource as Zone)?.Dnssec?.Keys),
                ("secretFile", (resource as TsigKey)?.SecretFile),
            ("jwksFile", (resource as AccessPolicy)?.JwksFile),
            ("identity.serviceAccount.jwksFile", (resource as TunnelAgent)?.Identity.ServiceAccount?.JwksFile),
            ("access.file", (resource as Cluster)?.Access?.File)])
        {
            if (path is not null && !Path.IsPathFullyQualified(path))
                _faults.Add(new Fault(resource.Location with { Field = $"spec.{field}" },
                    $"`{path}` must be a full path on the node, such as /etc/meridian/{Path.GetFileName(path)}"));
        }
    }

    // Paths in a resource are relative to the file that it stands in.
    private static string Beside(Resource resource, string path) =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Path.GetFullPath(resource.Location.File)) ?? "", path));

    private void CheckApiVersion(YamlMapping document)
    {
        switch (document["apiVersion"])
        {
            case null:
                _faults.Add(new Fault(document.Location, $"field `apiVersion` is missing; write {Kinds.ApiVersion}"));
                break;
            case YamlScalar { Text: Kinds.ApiVersion }:
                break;
            case var other:
                _faults.Add(new Fault(other.Location,
                    $"`apiVersion` must be {Kinds.ApiVersion}, and this is {other.Describe()}"));
                break;
        }
    }

    private Type? ReadKind(YamlMapping document, out string kind)
    {
        kind = "";
        if (document["kind"] is not YamlScalar scalar)
        {
            _faults.Add(new Fault(document.Location, "field `kind` is missing"));
            return null;
        }

        kind = scalar.Text;
        var type = Kinds.All.FirstOrDefault(k => k.Kind.Name == scalar.Text).Type;
        if (type is null)
        {
            var names = Kinds.All.Select(k => k.Kind.Name).ToArray();
            _faults.Add(new Fault(scalar.Location,
                $"unknown kind {scalar.Describe()}; there are {string.Join(", ", names)}{Suggestion.For(scalar.Text, names)}"));
        }

        return type;
    }

    private string? ReadName(YamlMapping document, bool inCluster)
    {
        if (document["metadata"] is not YamlMapping metadata)
        {
            _faults.Add(new Fault(document.Location, "field `metadata` with a `name` is missing"));
            return null;
        }

        foreach (var entry in metadata.Entries)
        {
            if (!inCluster && entry.Key.Text is not ("name" or "namespace" or "labels" or "annotations"))
                _faults.Add(new Fault(entry.Key.Location, $"unknown field `{entry.Key.Text}`" +
                    Suggestion.For(entry.Key.Text, ["name", "namespace", "labels", "annotations"])));
        }

        if (metadata["name"] is not YamlScalar { IsNull: false } name)
        {
            _faults.Add(new Fault(metadata.Location, "field `metadata.name` is missing"));
            return null;
        }

        if (ResourceName.IsValid(name.Text))
            return name.Text;
        _faults.Add(new Fault(name.Location,
            $"the name {name.Describe()} must be lower-case letters, digits, `-` and `.`, at most 253, starting and ending with a letter or digit"));
        return null;
    }
}
