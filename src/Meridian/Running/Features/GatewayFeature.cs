using Meridian.Gateway;
using Meridian.Running.Control;

namespace Meridian.Running.Features;

/// <summary>Gives each new table to the gateway.</summary>
internal sealed class GatewayFeature(GatewayCore gateway) : IFeature
{
    public string Name => "gateway";

    public void Commit(NodeState before, NodeState now)
    {
        if (!ReferenceEquals(before.Table, now.Table))
            gateway.Update(now.Table);
    }
}
