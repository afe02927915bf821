namespace Meridian.Running;

/// <summary>Checks a configuration as a node would that has to serve it.</summary>
internal static class NodeCheck
{
    /// <param name="paths">YAML files, or folders of them.</param>
    /// <param name="data">What the node serves besides its files; null for nothing. It is not checked yet.</param>
    public static LoadedConfiguration Run(IReadOnlyCollection<string> paths, StoredData? data)
    {
        _ = data;
        return LoadedConfiguration.Load(paths);
    }
}
