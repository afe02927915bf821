using System.Collections.Immutable;
using System.Globalization;
using Meridian.Steering.Explaining;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Meridian.CommandLine;

/// <summary>Draws a decision for a terminal of some width.</summary>
internal static class ExplainView
{
    public static Rows Draw(Explanation explanation, int width)
    {
        var parts = new List<IRenderable>
        {
            Line($"[bold]{explanation.Name}[/] for [bold]{explanation.Client.Network}[/]"),
            new Text(" "),
            Numbered(explanation.Steps),
            new Text(" "),
        };
        parts.Add(TableOf(explanation.Pools).Render(width));
        if (!explanation.Behind.IsEmpty)
        {
            parts.Add(Line($"[bold]behind this node's gateway[/]"));
            parts.Add(TableOf(explanation.Behind).Render(width));
        }

        var answer = explanation.Answer;
        var values = answer.Values.IsEmpty ? answer.Kind : string.Join(", ", answer.Values);
        parts.Add(Line($"[bold]answer[/]  {values}  TTL {answer.Ttl} s ({answer.TtlReason})"));
        return new Rows(parts);
    }

    private static Grid Numbered(ImmutableArray<string> steps)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(1))
            .AddColumn(new GridColumn().PadLeft(0).PadRight(0));
        foreach (var (step, number) in steps.Select((s, i) => (s, i + 1)))
            grid.AddRow(Line($"[grey]{number,2}.[/]"), new Text(step));
        return grid;
    }

    private static Markup Line(FormattableString text) => Markup.FromInterpolated(CultureInfo.InvariantCulture, text);

    private static FittedTable TableOf(ImmutableArray<PoolExplanation> pools)
    {
        var table = new FittedTable(
        [
            new("#", 3), new("pool", 2, Least: 12), new("site", 6, Least: 12), new("km", 7), new("weight", 8),
            new("share", 9), new("state", 5), new("address", 0), new("verdict", 1), new("reason", 4, Least: 20),
            new("votes", 5, Least: 16), new("load", 10, Least: 20), new("why that weight", 11, Least: 16),
        ]);
        foreach (var pool in pools)
        {
            var (of, why) = (OfPool(pool), pool.WeightReason ?? "");
            if (pool.Addresses.IsEmpty)
                table.Add([.. of, "no address", "", "", "", "", why]);
            foreach (var address in pool.Addresses)
            {
                of[2] = address.Site is { } site && site != pool.Site ? site : of[2];
                table.Add([.. of, .. OfAddress(address), why]);
                (of, why) = ([.. Enumerable.Repeat<FittedCell>("", of.Length)], "");
            }
        }

        return table;
    }

    private static FittedCell[] OfPool(PoolExplanation pool) =>
    [
        $"{pool.Rank}",
        new(pool.Name, pool.Chosen ? new Style(decoration: Decoration.Bold) : Style.Plain),
        pool.Site ?? "",
        pool.DistanceKm?.ToString("0", CultureInfo.InvariantCulture) ?? "",
        $"{pool.Weight}",
        $"{pool.Share:P0}",
        Screen.State(pool.State),
    ];

    private static FittedCell[] OfAddress(AddressExplanation address) =>
    [
        address.Value + (address.Answered ? " ←" : ""),
        Screen.State(address.State),
        address.Override is { } placed
            ? $"{placed} ({address.Disagreement ?? $"verdict {address.Verdict}: {address.Reason}"})"
            : address.Reason + (address.Origin is null ? "" : $" (from {address.Origin})"),
        string.Join(", ", address.Votes.Select(v => $"{v.Node} {v.State.ToLowerInvariant()}")),
        address.Load ?? "",
    ];
}
