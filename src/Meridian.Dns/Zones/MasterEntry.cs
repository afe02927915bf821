using System.Collections.Immutable;
using Meridian.Dns.Records;

namespace Meridian.Dns.Zones;

/// <summary>
/// One entry of a master file: a directive or a record. An indented one keeps the owner of the one before.
/// </summary>
internal sealed record MasterEntry(int Line, bool Indented, ImmutableArray<MasterToken> Tokens, string? Error);
