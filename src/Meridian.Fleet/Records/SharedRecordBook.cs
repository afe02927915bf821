using System.Collections.Immutable;
using Meridian.Model.Records;
using Meridian.State.Shared;

namespace Meridian.Fleet.Records;

/// <summary>The clients with records that the shared store knows, and what each wrote. Immutable.</summary>
public sealed class SharedRecordBook
{
    private readonly ImmutableDictionary<string, Page> _pages; // by the hash of the client's id

    private SharedRecordBook(long revision, ImmutableDictionary<string, Page> pages) =>
        (Revision, _pages) = (revision, pages);

    /// <summary>What is known before anything was read.</summary>
    public static SharedRecordBook Empty { get; } =
        new(0, ImmutableDictionary.Create<string, Page>(StringComparer.Ordinal));

    /// <summary>The revision of the store that it is of.</summary>
    public long Revision { get; }

    /// <summary>All clients that the store knows.</summary>
    public IEnumerable<RecordOwner> Owners => _pages.Values.Where(p => p.Contact is not null).Select(p => p.Owner);

    /// <summary>The clients that the store knows, their leases, and when this node came to know of their last sign of
    /// life.</summary>
    public IEnumerable<(string Id, TimeSpan Lease, DateTimeOffset HeardAt)> Contacts =>
        from page in _pages.Values
        let contact = page.Contact
        where contact is not null
        select (contact.Id, contact.Lease, page.HeardAt);

    /// <summary>Whether the store knows a client.</summary>
    public bool Knows(string id) => PageOf(id) is not null;

    /// <summary>When this node came to know of a client's last sign of life; the least time for none.</summary>
    public DateTimeOffset HeardAt(string id) => PageOf(id)?.HeardAt ?? default;

    /// <summary>A client with its records; null where the store does not know it.</summary>
    public RecordOwner? Find(string id) => PageOf(id)?.Owner;

    /// <summary>Whether two books hold the same records of the same clients, whenever those were heard.</summary>
    public bool HasSameRecords(SharedRecordBook other) => _pages.Count == other._pages.Count
        && _pages.All(p => other._pages.TryGetValue(p.Key, out var page)
            && ReferenceEquals(page.Names, p.Value.Names) && page.Contact?.Site == p.Value.Contact?.Site
            && page.Contact is null == p.Value.Contact is null);

    /// <summary>The book after an update of the store.</summary>
    /// <param name="snapshot">The store.</param>
    /// <param name="keys">The keys that have changed.</param>
    /// <param name="now">When that was heard of: by this clock a client's lease runs here.</param>
    public SharedRecordBook After(SharedSnapshot snapshot, IEnumerable<string> keys, DateTimeOffset now)
    {
        var pages = _pages;
        foreach (var key in keys)
        {
            var entry = snapshot.Entries.GetValueOrDefault(key);
            if (key.StartsWith(FleetKeys.Owners, StringComparison.Ordinal))
            {
                var hash = key[FleetKeys.Owners.Length..];
                pages = With(pages, hash, OfContact(pages.GetValueOrDefault(hash, Page.Empty), entry, now));
            }
            else if (key.StartsWith(FleetKeys.Records, StringComparison.Ordinal)
                && key[FleetKeys.Records.Length..].Split('/', 2) is [var hash, var name])
            {
                pages = With(pages, hash, OfName(pages.GetValueOrDefault(hash, Page.Empty), name, entry));
            }
        }

        return new SharedRecordBook(snapshot.Revision, pages);
    }

    private Page? PageOf(string id) =>
        _pages.GetValueOrDefault(FleetKeys.Owner(id)[FleetKeys.Owners.Length..]) is { Contact: not null } page
            ? page : null;

    private static ImmutableDictionary<string, Page> With(ImmutableDictionary<string, Page> pages, string hash,
        Page page) => page == Page.Empty ? pages.Remove(hash) : pages.SetItem(hash, page);

    private static Page OfContact(Page page, SharedEntry? entry, DateTimeOffset now)
    {
        var contact = entry is null ? null : FleetJson.Read(entry.Value, FleetJson.Default.SharedOwner);
        return contact?.Id is null ? new Page(null, default, page.Names) : new Page(contact, now, page.Names);
    }

    private static Page OfName(Page page, string name, SharedEntry? entry)
    {
        var records = RecordWrites.Read(entry);
        return page with
        {
            Names = records.IsEmpty ? page.Names.Remove(name) : page.Names.SetItem(name, records),
        };
    }

    private sealed record Page(SharedOwner? Contact, DateTimeOffset HeardAt,
        ImmutableSortedDictionary<string, ImmutableArray<ClientRecord>> Names)
    {
        public static Page Empty { get; } = new(null, default,
            ImmutableSortedDictionary.Create<string, ImmutableArray<ClientRecord>>(StringComparer.Ordinal));

        // Only where the client is known. A client may have 60,000 records, which are put together where they are used.
        public RecordOwner Owner => new(Contact!.Id, Contact.Site, Contact.Lease, HeardAt,
            [.. Names.Values.SelectMany(r => r)]);
    }
}
