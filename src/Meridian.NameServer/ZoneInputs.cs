using System.Collections.Immutable;
using Meridian.Dns.Records;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.NameServer;

/// <summary>What zones are made of besides the resources.</summary>
public sealed record ZoneInputs
{
    /// <summary>Gives the text of a master file or of a secret; null where it cannot be read.</summary>
    public required Func<string, string?> Open { get; init; }

    /// <summary>The records that a primary has given; null where there are none yet.</summary>
    public Func<DnsName, ImmutableArray<MasterRecord>?> Transferred { get; init; } = _ => null;

    /// <summary>
    /// The record sets that dynamic updates have changed, each as it is now; without data where it is gone.
    /// </summary>
    public Func<DnsName, ImmutableArray<RecordSet>> Updated { get; init; } = _ => [];

    /// <summary>Gives the signer of a zone by the folder of its keys, or says what is wrong with them.</summary>
    public Func<DnsName, string, (ZoneSigner? Signer, string? Error)> Signer { get; init; } = (_, _) => (null, null);
}
