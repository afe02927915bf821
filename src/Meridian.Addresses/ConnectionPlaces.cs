using System.Net;

namespace Meridian.Addresses;

/// <summary>
/// Places for connections that all clients share. A client has some of them at most; once all are taken, one that has
/// few gets the oldest place of the client that has most. So nobody keeps others out, neither with many connections nor
/// from many addresses.
/// </summary>
/// <param name="perClient">Places of one client (<see cref="ClientNetwork"/>) at most.</param>
/// <param name="inAll">Places of all clients together.</param>
public sealed class ConnectionPlaces(int perClient, int inAll)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<ClientNetwork, LinkedList<ConnectionPlace>> _clients = [];
    private int _count;

    /// <summary>Places that are taken.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Takes a place, which is kept until it is disposed.</summary>
    /// <param name="address">Who comes.</param>
    /// <param name="close">Closes the connection. Called when its place goes to another client.</param>
    /// <param name="isCrowded">Whether there is no room for more than are taken, however many there may be.</param>
    /// <returns>Null where there is none for this client.</returns>
    public ConnectionPlace? TryTake(IPAddress address, Action close, bool isCrowded = false)
    {
        var client = ClientNetwork.Of(address);
        var place = new ConnectionPlace(this, client, close);
        ConnectionPlace? displaced = null;
        lock (_lock)
        {
            var own = _clients.GetValueOrDefault(client)?.Count ?? 0;
            if (own >= perClient || ((isCrowded || _count >= inAll) && (displaced = OldestOfHeaviest(own)) is null))
                return null;
            if (displaced is not null)
                Remove(displaced);
            Add(place);
        }

        displaced?.Close();
        return place;
    }

    internal void Release(ConnectionPlace place)
    {
        lock (_lock)
            Remove(place);
    }

    // Null where no client would be left with at least as many as the newcomer then has.
    private ConnectionPlace? OldestOfHeaviest(int own)
    {
        LinkedList<ConnectionPlace>? heaviest = null;
        foreach (var places in _clients.Values)
        {
            if (places.Count > own + 1 && places.Count > (heaviest?.Count ?? 0))
                heaviest = places;
        }

        return heaviest?.First!.Value;
    }

    private void Add(ConnectionPlace place)
    {
        if (!_clients.TryGetValue(place.Client, out var places))
            _clients[place.Client] = places = [];
        places.AddLast(place.Node);
        _count++;
    }

    private void Remove(ConnectionPlace place)
    {
        if (place.Node.List is not { } places)
            return;
        places.Remove(place.Node);
        if (places.Count == 0)
            _clients.Remove(place.Client);
        _count--;
    }
}
