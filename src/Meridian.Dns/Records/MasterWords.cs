using System.Collections.Immutable;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Records;

/// <summary>Splits the data of one record, given outside a master file, into its words.</summary>
public static class MasterWords
{
    public static ImmutableArray<MasterToken> Split(string text) =>
        new MasterTokenizer(text.Replace('\n', ' ')).Next()?.Tokens ?? [];
}
