using Meridian.Model.Binding;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

/// <summary>Records faults at the place of the field that they speak of.</summary>
internal sealed class Reporter(
    IReadOnlySet<(string Kind, string Name)> declared, LocationMap locations, List<Fault> faults)
{
    /// <summary>The resource that is being checked.</summary>
    public Resource Subject { get; set; } = null!;

    public void Fault(object owner, string field, string message) => Fault(owner, field, -1, message);

    public void Fault(object owner, string field, int index, string message)
    {
        var otherwise = locations.Find(owner, "", -1, Subject.Location);
        faults.Add(new Fault(locations.Find(owner, field, index, otherwise), message));
    }

    /// <summary>
    /// Faults a reference to a resource that nothing declares, with the nearest name that something does.
    /// </summary>
    public void Reference(string kind, string? name, object owner, string field, int index = -1)
    {
        if (name is null || declared.Contains((kind, name)))
            return;
        var names = declared.Where(d => d.Kind == kind).Select(d => d.Name);
        Fault(owner, field, index, $"there is no {kind} named `{name}`{Suggestion.For(name, names)}");
    }

    /// <summary>The name in canonical form, or null after a fault.</summary>
    public string? HostName(string text, object owner, string field, int index = -1, bool wildcard = false)
    {
        if (Values.HostName.TryNormalize(text, out var name, out var error, wildcard))
            return name;
        Fault(owner, field, index, $"`{text}`: {error}");
        return null;
    }
}
