using Meridian.Fleet;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>What is told of nodes that come, go, doubt themselves, or are drained.</summary>
internal static class MemberEvents
{
    public static void Record(History history, FleetView before, FleetView now)
    {
        RecordDrains(history, before, now);

        // Those that were here before this node have not come.
        if (before.Members.IsEmpty)
            return;
        foreach (var member in now.Members.Values.Where(m => !before.Members.ContainsKey(m.Name)))
            history.Record(LogLevel.Information, "node", member.Name,
                $"node {member.Name} has joined: region {member.Region}, meridian {member.Version}");
        foreach (var member in before.Members.Values.Where(m => !now.Members.ContainsKey(m.Name)))
            history.Record(LogLevel.Warning, "node", member.Name, $"node {member.Name} is gone");
        foreach (var member in now.Members.Values)
        {
            if (before.Members.GetValueOrDefault(member.Name) is { } old && old.Illness != member.Illness)
                history.Record(LogLevel.Warning, "node", member.Name, member.Illness is null
                    ? $"node {member.Name} has an opinion again"
                    : $"node {member.Name} has no opinion: it {member.Illness}");
        }
    }

    private static void RecordDrains(History history, FleetView before, FleetView now)
    {
        foreach (var (node, drain) in now.Drains.Where(d => before.Drains.GetValueOrDefault(d.Key) != d.Value))
            history.Record(LogLevel.Information, "node", node, $"{drain.Author} has drained node {node}: {drain.Reason}"
                + (drain.Expires is { } end ? $" (until {end.UtcDateTime:u})" : ""));
        foreach (var (node, _) in before.Drains.Where(d => !now.Drains.ContainsKey(d.Key)))
            history.Record(LogLevel.Information, "node", node, $"node {node} is let back");
    }
}
