using System.Collections.Immutable;
using Spectre.Console;

namespace Meridian.CommandLine;

/// <summary>
/// A table that fits into a width: columns that matter least are left out before anything is broken that must not be,
/// such as an address. Columns without any text are left out in any case.
/// </summary>
internal sealed class FittedTable(ImmutableArray<FittedColumn> columns)
{
    /// <summary>Columns of text that may be wrapped need this much, or their longest cell.</summary>
    private const int LeastWrapped = 16;

    // A blank of the border and one of padding.
    private const int Gap = 2;

    private readonly List<FittedCell[]> _rows = [];

    /// <summary>Adds a row of as many cells as there are columns.</summary>
    public void Add(params FittedCell[] cells) => _rows.Add(cells);

    public Table Render(int width)
    {
        var shown = Shown(width);
        var table = new Table().Border(TableBorder.Simple);
        foreach (var i in shown)
        {
            var column = new TableColumn(columns[i].Name) { Padding = new Padding(0, 0, 1, 0) };
            if (!columns[i].Wraps)
                column.NoWrap();
            table.AddColumn(column);
        }

        foreach (var row in _rows)
            table.AddRow(shown.Select(i => new Text(row[i].Text, row[i].Style)));
        return table;
    }

    private int[] Shown(int width)
    {
        var natural = columns.Select((c, i) => Math.Max(c.Name.Length,
            _rows.Select(r => r[i].Text.Length).DefaultIfEmpty().Max())).ToArray();
        var least = natural.Select((n, i) => columns[i].Wraps ? Math.Min(n, LeastWrapped) : n).ToArray();
        var shown = Enumerable.Range(0, columns.Length).Where(i => _rows.Any(r => r[i].Text.Length > 0)).ToList();
        while (shown.Count > 1 && shown.Sum(i => least[i] + Gap) + 1 > width)
            shown.Remove(shown.MaxBy(i => columns[i].Rank));
        return [.. shown];
    }
}
