using Meridian.Dns.Wire;

namespace Meridian.Dns.Zones;

/// <summary>One record of a master file, and where it stands.</summary>
public sealed record MasterRecord(DnsName Owner, RecordType Type, uint Ttl, byte[] Data, string File, int Line);
