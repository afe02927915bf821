using Microsoft.Extensions.Logging;

namespace Meridian.Running;

/// <summary>How a node hands over before it ends.</summary>
internal sealed partial class Node
{
    // A control loop that stands still must not keep the node from its end.
    private static readonly TimeSpan LeaveLimit = TimeSpan.FromSeconds(5);

    private volatile bool _stops;

    /// <summary>
    /// Hands over to the other nodes before anything is closed: DNS does not send clients here any more, other nodes
    /// hear that nothing is served here, and agents dial elsewhere. A node that is alone has nobody to hand over to.
    /// </summary>
    public async Task LeaveAsync()
    {
        _stops = true;
        Gateway?.IsLeaving = true;
        await Task.WhenAny(Task.Delay(LeaveLimit, _time), Loop.PostAsync("leaving", () => SendClients(away: true)));
        if (!(State.Resources.Nodes.ContainsKey(Name) && State.Resources.Nodes.Count > 1))
        {
            await Tunnels.MoveAsync(TimeSpan.Zero);
            return;
        }

        History.Record(LogLevel.Information, "node", Name, $"node {Name} is stopping: clients and agents are sent to " +
            $"other nodes within {_options.Handover.TotalSeconds:0} s", Site);
        await Task.Delay(_options.Handover / 2, _time);
        await Tunnels.MoveAsync(_options.Handover / 2);
    }

    // On the control loop. A node that stops is not brought back by somebody who ends its drain.
    private void SendClients(bool away)
    {
        Gateway?.IsLeaving = away || _stops;
        Loop.Update(state => state with { IsLeaving = away || _stops }, evidence: true);
    }
}
