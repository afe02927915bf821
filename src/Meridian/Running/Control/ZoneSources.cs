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
    /// <summary>What zones are compiled from besides the resources.</summary>
    public ZoneInputs For(ZoneData data) => new()
    {
        Open = open,
        Transferred = data.TransferredOf,
        Updated = data.UpdatedOf,
        Signer = signers.Of,
    };

    /// <summary>How the keys in a zone's folder compare with those that it signs with.</summary>
    public KeyComparison CompareKeys(DnsName origin, string folder) => signers.Compare(origin, folder);
}
