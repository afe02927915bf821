using System.Security.Cryptography;
using Meridian.State.Etcd;

namespace Meridian.Running;

/// <summary>Opens the store that nodes share.</summary>
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
}
