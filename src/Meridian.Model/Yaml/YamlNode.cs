namespace Meridian.Model.Yaml;

/// <summary>A node of a YAML document with the place where it starts.</summary>
internal abstract record YamlNode(Location Location)
{
    /// <summary>What the node is, in words for a message.</summary>
    public abstract string Describe();
}
