using Meridian.Model.Resources;

namespace Meridian.Gateway;

/// <summary>Opens a connection to a service behind a tunnel.</summary>
/// <param name="source">The service.</param>
/// <param name="bulk">Whether a large body will be sent: such ones and streams of tokens keep out of each other's
/// way.</param>
/// <param name="cancellationToken">Ends the attempt.</param>
/// <exception cref="IOException">It is not reached, and has seen nothing.</exception>
public delegate ValueTask<TunnelConnection> TunnelDial(TunnelSource source, bool bulk,
    CancellationToken cancellationToken);
