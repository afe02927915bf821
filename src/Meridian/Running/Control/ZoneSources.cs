using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.NameServer;

namespace Meridian.Running.Control;

/// <summary>
/// Where zones get what is not in the inputs: the texts of master files and secrets, and the keys that sign.
/// </summary>
/// <param name="open">The text of a file; null where it cannot be read.</param>
/// <param name="signers">The keys of zones, with the signatures that they have made.</param>
internal sealed class ZoneSources(Func<string, string?> open, ZoneSigners signers)
{
    // Zones are compiled beside the control loop while the file watcher looks for other keys.
    private readonly Lock _lock = new();

    /// <summary>What zones are compiled from besides the resources.</summary>
    public ZoneInputs For(ZoneData data) => new()
    {
        Open = open,
        Transferred = data.TransferredOf,
        Updated = data.UpdatedOf,
        Signer = SignerOf,
    };

    /// <summary>Whether the keys in a zone's folder are others than those that it signs with, or the time of one has
    /// come.</summary>
    public bool HaveKeysChanged(DnsName origin, string folder)
    {
        lock (_lock)
            return signers.HasChanged(origin, folder);
    }

    private (ZoneSigner? Signer, string? Error) SignerOf(DnsName origin, string folder)
    {
        lock (_lock)
            return signers.Of(origin, folder);
    }
}
