using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>Another name server that the zone is exchanged with.</summary>
public sealed record ZonePeer
{
    [Field("Its IP address, with a port where that is not 53: `192.0.2.1`, `192.0.2.1:5353`, `[2001:db8::1]:5353`")]
    public required string Address { get; init; }

    [Field("Name of the TsigKey that messages to it are signed with")]
    public string? Key { get; init; }

    [Field("Transfer over TLS (RFC 9103); the name that its certificate must be good for. The port is 853 where none " +
        "is given")]
    public string? TlsName { get; init; }
}
