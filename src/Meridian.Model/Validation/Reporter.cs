using System.Net;
using Meridian.Addresses;
using Meridian.Model.Binding;
using Meridian.Model.Resources;
using Meridian.Model.Values;

namespace Meridian.Model.Validation;

/// <summary>Records the faults of one resource, each at the place of the field that it is about.</summary>
/// <param name="subject">The resource that is checked.</param>
/// <param name="declared">
/// Every resource that is declared, also those that could not be read, with an empty text for a kind or a name that is
/// not known; null where not even that is known.
/// </param>
/// <param name="unread">Kinds of resources that are declared and could not be read; empty for any kind.</param>
/// <param name="locations">Where fields were read.</param>
/// <param name="faults">Gets the faults.</param>
internal sealed class Reporter(
    Resource subject, IReadOnlySet<(string Kind, string Name)>? declared, IReadOnlySet<string>? unread,
    LocationMap locations, List<Fault> faults)
{
    /// <summary>Records a fault at a field of a resource or of one of its parts.</summary>
    public void Fault(object owner, string field, string message) => Fault(owner, field, -1, message);

    /// <summary>Records a fault at an item of a list.</summary>
    public void Fault(object owner, string field, int index, string message) =>
        faults.Add(new Fault(Place(owner, field, index), message));

    /// <summary>
    /// Records a fault for a reference to a resource that nothing declares, with the nearest name that something does.
    /// </summary>
    public void Reference<T>(string? name, object owner, string field, int index = -1) where T : Resource
    {
        var kind = typeof(T).Name;
        if (name is null || declared is null
            || Array.Exists([(kind, name), (kind, ""), ("", name), ("", "")], declared.Contains))
            return;
        var names = declared.Where(d => d.Kind == kind).Select(d => d.Name);
        faults.Add(new Fault(Place(owner, field, index),
            $"there is no {kind} named `{name}`{Suggestion.For(name, names)}")
        {
            Missing = new ResourceReference(kind, name),
        });
    }

    /// <summary>
    /// Whether there may be more resources of a kind than could be read, so that nobody knows what there is not.
    /// </summary>
    public bool MayHaveMore<T>() where T : Resource =>
        unread is null || unread.Contains(typeof(T).Name) || unread.Contains("");

    /// <summary>The IP address, or null after a fault.</summary>
    public IPAddress? Address(string text, object owner, string field, int index = -1)
    {
        if (!AddressText.TryParse(text, out var address, out var error))
            Fault(owner, field, index, error);
        return address;
    }

    /// <summary>An IP address or a host name in canonical form, or null after a fault.</summary>
    public string? AddressOrName(string text, object owner, string field, int index = -1) =>
        IpText.IsMeant(text)
            ? Address(text, owner, field, index)?.ToString()
            : HostName(text, owner, field, index);

    /// <summary>The name of a zone, of a record or of a key in canonical form, or null after a fault.</summary>
    public string? DomainName(string text, string? origin, object owner, string field, int index = -1)
    {
        if (Values.DomainName.TryNormalize(text, origin, out var name, out var error))
            return name;
        Fault(owner, field, index, $"`{text}`: {error}");
        return null;
    }

    /// <summary>The name of a host in canonical form, or null after a fault.</summary>
    public string? HostName(string text, object owner, string field, int index = -1, bool wildcard = false)
    {
        if (Values.HostName.TryNormalize(text, out var name, out var error, wildcard))
            return name;
        Fault(owner, field, index, $"`{text}`: {error}");
        return null;
    }

    private Location Place(object owner, string field, int index) =>
        locations.Find(owner, field, index, locations.Find(owner, "", -1, subject.Location));
}
