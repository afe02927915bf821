using System.Collections.Immutable;

namespace Meridian.Model.Yaml;

/// <summary>A sequence.</summary>
internal sealed record YamlSequence(Location Location, ImmutableArray<YamlNode> Items) : YamlNode(Location)
{
    public override string Describe() => "a list";
}
