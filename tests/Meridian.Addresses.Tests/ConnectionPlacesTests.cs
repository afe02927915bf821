using System.Net;

namespace Meridian.Addresses.Tests;

public sealed class ConnectionPlacesTests
{
    private readonly List<string> _closed = [];

    [Fact]
    public void A_client_has_as_many_places_as_it_may_and_gets_more_when_it_gives_one_back()
    {
        var places = new ConnectionPlaces(perClient: 2, inAll: 10);
        var first = Take(places, "192.0.2.1");
        Assert.NotNull(Take(places, "192.0.2.1"));
        Assert.Null(Take(places, "192.0.2.1"));
        Assert.NotNull(Take(places, "192.0.2.2"));

        first!.Dispose();
        first.Dispose();
        Assert.Equal(2, places.Count);
        Assert.NotNull(Take(places, "192.0.2.1"));
        Assert.Empty(_closed);
    }

    [Fact]
    public void All_addresses_of_an_IPv6_network_of_64_bits_are_one_client()
    {
        var places = new ConnectionPlaces(perClient: 2, inAll: 10);
        Assert.NotNull(Take(places, "2001:db8::1"));
        Assert.NotNull(Take(places, "2001:db8::ffff:0:0:2"));
        Assert.Null(Take(places, "2001:db8::3"));
        Assert.NotNull(Take(places, "2001:db8:0:1::3"));
    }

    [Fact]
    public void An_IPv4_address_is_the_same_client_however_the_socket_writes_it()
    {
        var places = new ConnectionPlaces(perClient: 1, inAll: 10);
        Assert.NotNull(Take(places, "192.0.2.1"));
        Assert.Null(Take(places, "::ffff:192.0.2.1"));
        Assert.NotNull(Take(places, "192.0.2.2"));
    }

    [Fact]
    public void Once_all_are_taken_a_newcomer_gets_the_oldest_place_of_the_client_that_has_most()
    {
        var places = new ConnectionPlaces(perClient: 4, inAll: 6);
        foreach (var name in (string[])["a1", "b1", "b2", "b3", "c1", "c2"])
            Assert.NotNull(Take(places, AddressOf(name[0]), name));

        Assert.NotNull(Take(places, AddressOf('d'), "d1"));
        Assert.Equal(["b1"], _closed);
        Assert.Equal(6, places.Count);
    }

    [Fact]
    public void Nobody_loses_a_place_to_a_client_that_would_then_have_more()
    {
        var places = new ConnectionPlaces(perClient: 4, inAll: 4);
        foreach (var name in (string[])["a1", "a2", "b1", "b2"])
            Assert.NotNull(Take(places, AddressOf(name[0]), name));
        Assert.Null(Take(places, AddressOf('b'), "b3"));
        Assert.NotNull(Take(places, AddressOf('c'), "c1"));
        Assert.Single(_closed);
        Assert.Null(Take(places, AddressOf('c'), "c2"));
    }

    [Fact]
    public void Where_it_is_crowded_a_newcomer_gets_a_place_of_another_one_or_none()
    {
        var places = new ConnectionPlaces(perClient: 4, inAll: 100);
        Assert.Null(places.TryTake(IPAddress.Loopback, () => { }, isCrowded: true));
        Assert.NotNull(Take(places, "192.0.2.1", "first"));
        Assert.NotNull(Take(places, "192.0.2.1", "second"));
        Assert.NotNull(places.TryTake(IPAddress.Loopback, () => { }, isCrowded: true));
        Assert.Equal(["first"], _closed);
        Assert.Equal(2, places.Count);
    }

    [Fact]
    public void A_place_that_went_to_another_client_is_not_given_back_a_second_time()
    {
        var places = new ConnectionPlaces(perClient: 4, inAll: 2);
        var first = Take(places, "192.0.2.1");
        Assert.NotNull(Take(places, "192.0.2.1"));
        Assert.NotNull(Take(places, "192.0.2.2"));
        first!.Dispose();
        Assert.Equal(2, places.Count);
    }

    private static string AddressOf(char client) => $"192.0.2.{(int)client}";

    private ConnectionPlace? Take(ConnectionPlaces places, string address, string name = "") =>
        places.TryTake(IPAddress.Parse(address), () => _closed.Add(name));
}
