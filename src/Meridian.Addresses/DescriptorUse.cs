namespace Meridian.Addresses;

/// <summary>What a descriptor is for; the later ones give way to the earlier ones once few are left.</summary>
public enum DescriptorUse
{
    /// <summary>People who look after the node, and what it asks of others.</summary>
    Node,

    /// <summary>Agents that dial in.</summary>
    Tunnel,

    /// <summary>Clients of DNS: who cannot ask over TCP gets no large answer at all.</summary>
    Dns,

    /// <summary>Clients of the gateway, each of which wants a connection to an address as well.</summary>
    Gateway,
}
