using Meridian.Addresses;
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

    /// <summary>
    /// Every resource that is declared, also those whose <c>spec</c> could not be read. A kind or a name that could not
    /// be read is empty: it may be any.
    /// </summary>
    public IReadOnlySet<(string Kind, string Name)> Declared => _declared;

    /// <summary>The resource; null after a fault.</summary>
    /// <param name="document">The document.</param>
    /// <param name="modified">When its file was written, or the object created.</param>
    public Resource? Read(YamlMapping document, DateTimeOffset modified)
    {
        var earlier = faults.Count;
        CheckFields(document);
        var isStrange = faults.Count > earlier; // a field that is missing may be the unknown one, and that is one fault
        CheckApiVersion(document, isStrange);
        var kind = ReadKind(document, isStrange);
        var name = ReadName(document, isStrange);
        var isNew = _declared.Add((kind?.Name ?? "", name ?? ""));
        if (kind is null || name is null)
            return null;
        if (!isNew)
            faults.Add(new Fault(document["metadata"]!.Location, $"{kind.Name} `{name}` is declared twice"));
        if (document["spec"] is YamlMapping spec)
            return _binder.BindResource(kind, name, document.Location, modified, spec);
        Missing(document["spec"]?.Location ?? document.Location, "field `spec` is missing or not a mapping", isStrange);
        return null;
    }

    private void Missing(Location where, string message, bool isStrange)
    {
        if (!isStrange)
            faults.Add(new Fault(where, message));
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

    private void CheckApiVersion(YamlMapping document, bool isStrange)
    {
        switch (document["apiVersion"])
        {
            case null:
                Missing(document.Location, $"field `apiVersion` is missing; write {Kinds.ApiVersion}", isStrange);
                break;
            case YamlScalar { Text: Kinds.ApiVersion }:
                break;
            case var other:
                faults.Add(new Fault(other.Location,
                    $"`apiVersion` must be {Kinds.ApiVersion}, and this is {other.Describe()}"));
                break;
        }
    }

    private Kind? ReadKind(YamlMapping document, bool isStrange)
    {
        if (document["kind"] is not YamlScalar scalar)
        {
            Missing(document.Location, "field `kind` is missing", isStrange);
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
    private string? ReadName(YamlMapping document, bool isStrange)
    {
        if (document["metadata"] is not YamlMapping metadata)
        {
            Missing(document.Location, "field `metadata` with a `name` is missing", isStrange);
            return null;
        }

        var earlier = faults.Count;
        foreach (var (key, _) in metadata.Entries.Where(_ => !document.Location.IsInObject))
            CheckField(key, MetadataFields);
        if (metadata["name"] is not YamlScalar { IsNull: false } name)
        {
            Missing(metadata.Location, "field `metadata.name` is missing", faults.Count > earlier);
            return null;
        }

        if (ResourceName.IsValid(name.Text))
            return name.Text;
        faults.Add(new Fault(name.Location, $"the name {name.Describe()} must be lower-case letters, digits, " +
            "`-` and `.`, at most 253, starting and ending with a letter or digit"));
        return null;
    }
}
