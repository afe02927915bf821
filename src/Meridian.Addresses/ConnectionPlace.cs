namespace Meridian.Addresses;

/// <summary>One connection's place among <see cref="ConnectionPlaces"/>. Disposing it gives it back.</summary>
public sealed class ConnectionPlace : IDisposable
{
    private readonly ConnectionPlaces _places;
    private readonly Action _close;

    internal ConnectionPlace(ConnectionPlaces places, ClientNetwork client, Action close)
    {
        (_places, Client, _close) = (places, client, close);
        Node = new LinkedListNode<ConnectionPlace>(this);
    }

    internal ClientNetwork Client { get; }

    internal LinkedListNode<ConnectionPlace> Node { get; }

    public void Dispose() => _places.Release(this);

    internal void Close() => _close();
}
