using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Meridian.Agent.Configuration;

/// <summary>The text of an agent's file, and where it stands, so that faults name their place.</summary>
/// <param name="Path">The file.</param>
/// <param name="Text">What is in it.</param>
internal sealed record AgentFileText(string Path, string Text)
{
    /// <summary>Its only document.</summary>
    /// <exception cref="AgentFileException">It is no YAML, or no single mapping.</exception>
    public YamlFields Load()
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(Text));
        }
        catch (YamlException e)
        {
            throw new AgentFileException($"{Path}:{e.Start.Line}: {e.Message}");
        }

        return stream.Documents is [{ RootNode: YamlMappingNode root }] ? new YamlFields(root, Path)
            : throw new AgentFileException($"{Path}: it has to be one mapping with `gateways` and `services`");
    }
}
