using Meridian.Model.Binding;
using Meridian.Model.Resources;
using Meridian.Model.Values;
using Meridian.Model.Yaml;

namespace Meridian.Model.Reading;

/// <summary>Reads the resource of a document: its envelope here, its <c>spec</c> by the <see cref="Binder"/>.</summary>
internal sealed class DocumentReader(List<Fault> faults, LocationMap locations)
{
    private static readonly string[] Fields = ["apiVersion", "kind", "metadata", "spec"];
    private static readonly string[] MetadataFields = ["name", "namespace", "labels", "annotations"];

    private readonly Binder _binder = new(faults, locations);
    private readonly HashSet<(string Kind, string Name)> _declared = [];

    /// <summary>Every resource that has a kind and a name, also those whose <c>spec</c> could not be read.</summary>
    public IReadOnlySet<(string Kind, string Name)> Declared => _declared;

    /// <summary>The resource; null after a fault.</summary>
    /// <param name="document">The document.</param>
    /// <param name="modified">When its file was written, or the object created.</param>
    public Resource? Read(YamlMapping document, DateTimeOffset modified)
    {
        CheckFields(document);
        CheckApiVersion(document);
        var kind = ReadKind(document);
        var name = ReadName(document);
        if (kind is null || name is null)
            return null;
        if (!_declared.Add((kind.Name, name)))
            faults.Add(new Fault(document["metadata"]!.Location, $"there is already a {kind.Name} named `{name}`"));
        if (document["spec"] is YamlMapping spec)
            return _binder.BindResource(kind, name, document.Location, modified, spec);
        faults.Add(new Fault(document["spec"]?.Location ?? document.Location,
            "field `spec` is missing or not a mapping"));
        return null;
    }

    // The status of an object in a cluster is written by this program and says nothing of what is wanted.
    private void CheckFields(YamlMapping document)
    {
        foreach (var (key, _) in document.Entries)
        {
            if (!(document.Location.IsInObject && key.Text == "status"))
                CheckField(key, Fields);
        }
    }

    private void CheckField(YamlScalar key, string[] known)
    {
        if (!known.Contains(key.Text))
            faults.Add(new Fault(key.Location, $"unknown field `{key.Text}`{Suggestion.For(key.Text, known)}"));
    }

    private void CheckApiVersion(YamlMapping document)
    {
        switch (document["apiVersion"])
        {
            case null:
                faults.Add(new Fault(document.Location, $"field `apiVersion` is missing; write {Kinds.ApiVersion}"));
                break;
            case YamlScalar { Text: Kinds.ApiVersion }:
                break;
            case var other:
                faults.Add(new Fault(other.Location,
                    $"`apiVersion` must be {Kinds.ApiVersion}, and this is {other.Describe()}"));
                break;
        }
    }

    private Kind? ReadKind(YamlMapping document)
    {
        if (document["kind"] is not YamlScalar scalar)
        {
            faults.Add(new Fault(document.Location, "field `kind` is missing"));
            return null;
        }

        if (Kinds.Find(scalar.Text) is { } kind)
            return kind;
        var names = Kinds.All.Select(k => k.Name).ToArray();
        faults.Add(new Fault(scalar.Location, $"unknown kind {scalar.Describe()}; " +
            $"there are {string.Join(", ", names)}{Suggestion.For(scalar.Text, names)}"));
        return null;
    }

    // Kubernetes adds much to the metadata of an object; in a file an unknown field is a mistake.
    private string? ReadName(YamlMapping document)
    {
        if (document["metadata"] is not YamlMapping metadata)
        {
            faults.Add(new Fault(document.Location, "field `metadata` with a `name` is missing"));
            return null;
        }

        foreach (var (key, _) in metadata.Entries.Where(_ => !document.Location.IsInObject))
            CheckField(key, MetadataFields);
        if (metadata["name"] is not YamlScalar { IsNull: false } name)
        {
            faults.Add(new Fault(metadata.Location, "field `metadata.name` is missing"));
            return null;
        }

        if (ResourceName.IsValid(name.Text))
            return name.Text;
        faults.Add(new Fault(name.Location, $"the name {name.Describe()} must be lower-case letters, digits, " +
            "`-` and `.`, at most 253, starting and ending with a letter or digit"));
        return null;
    }
}
