using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using Meridian.State;
using Meridian.State.Etcd;

namespace Meridian.Running;

/// <summary>Opens the stores of a node: its own, and the one that nodes share.</summary>
internal static class NodeStore
{
    /// <exception cref="StartException">A file of its TLS cannot be used.</exception>
    public static EtcdStore Open(EtcdOptions options, TimeProvider time)
    {
        try
        {
            return new EtcdStore(options, time);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new StartException($"--store: {e.Message}");
        }
    }

    /// <summary>Watches the addresses by which a node knows that its own way out is cut; null for none.</summary>
    public static ReferenceWatch? Watch(ImmutableArray<IPEndPoint> references, TimeProvider time) =>
        references.IsEmpty ? null : new ReferenceWatch(references, time);

    /// <param name="folder">The folder of the node's own state.</param>
    /// <param name="alarm">Called with every new fault.</param>
    /// <exception cref="StartException">Another process has the folder.</exception>
    public static SqliteStateStore OpenState(string folder, Action<string> alarm)
    {
        try
        {
            return SqliteStateStore.Open(folder, alarm);
        }
        catch (StateFolderHeldException e)
        {
            throw new StartException(e.Message);
        }
    }
}
