using Meridian.Addresses;

namespace Meridian.Running;

/// <summary>Whether a node may have enough files and sockets open.</summary>
internal static class DescriptorLimit
{
    /// <summary>What a node needs: more than three hundred at rest, and the rest for clients.</summary>
    public const int Least = 512;

    /// <summary>Checks that a node can work with what this process may have.</summary>
    /// <exception cref="StartException">It cannot.</exception>
    public static void Check()
    {
        if (Descriptors.Limit < Least)
            throw new StartException($"only {Descriptors.Limit} files and sockets may be open here at a time, and a "
                + $"node needs {Least} at least: raise the limit (ulimit -n, LimitNOFILE=)");
    }
}
