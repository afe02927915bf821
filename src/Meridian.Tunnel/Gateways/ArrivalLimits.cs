using System.Net;

namespace Meridian.Tunnel.Gateways;

/// <summary>How often one source may come, before anything else is asked about it.</summary>
internal sealed class ArrivalLimits(TunnelServerOptions options, TimeProvider time)
{
    private readonly ArrivalLimiter _connections = new(options.ArrivalsPerSecond, time);
    private readonly ArrivalLimiter _proofs = new(options.ProofsPerSecond, time);
    private readonly ArrivalLimiter _agents = new(options.AgentArrivalsPerSecond, time);

    /// <summary>Whether a connection of an address may go on; one whose address is not known may.</summary>
    public bool AdmitConnection(EndPoint? remote) =>
        remote is not IPEndPoint { Address: var address } || _connections.TryAdmit(ArrivalSource.Of(address));

    /// <summary>Whether an address may show one more code or token.</summary>
    public bool AdmitProof(IPAddress? address) => _proofs.TryAdmit(ArrivalSource.Of(address ?? IPAddress.None));

    /// <summary>Whether an agent may have one more tunnel or certificate.</summary>
    public bool AdmitAgent(string agent) => _agents.TryAdmit(ArrivalSource.Of(agent));
}
