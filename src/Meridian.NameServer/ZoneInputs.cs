using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.NameServer;

/// <summary>The data that zones are compiled from besides the resources.</summary>
public sealed record ZoneInputs
{
    /// <summary>Reads the text of a master file or of a secret; null where it cannot be read.</summary>
    public required Func<string, string?> Open { get; init; }

    /// <summary>The records that were transferred from a primary; null where there are none yet.</summary>
    public Func<DnsName, ImmutableArray<MasterRecord>?> Transferred { get; init; } = _ => null;

    /// <summary>
    /// The record sets that dynamic updates have changed, each as it is now; one without data is removed.
    /// </summary>
    public Func<DnsName, ImmutableArray<RecordSet>> Updated { get; init; } = _ => [];

    /// <summary>Finds the signer of a zone by the folder of its keys, or says what is wrong with them.</summary>
    public Func<DnsName, string, (ZoneSigner? Signer, string? Error)> Signer { get; init; } = (_, _) => (null, null);
}
