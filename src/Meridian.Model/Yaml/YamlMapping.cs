using System.Collections.Immutable;

namespace Meridian.Model.Yaml;

/// <summary>A mapping, its entries in the order of the file.</summary>
internal sealed record YamlMapping(Location Location, ImmutableArray<YamlEntry> Entries) : YamlNode(Location)
{
    public override string Describe() => "a mapping";

    public YamlNode? this[string key]
    {
        get
        {
            foreach (var entry in Entries)
            {
                if (entry.Key.Text == key)
                    return entry.Value;
            }

            return null;
        }
    }
}
