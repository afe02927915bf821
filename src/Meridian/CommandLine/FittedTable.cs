using System.Collections.Immutable;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Meridian.CommandLine;

/// <summary>
/// A table that fits into a width: columns that matter least are left out before anything is broken that must not be,
/// such as an address. Columns without any text are left out in any case. What cannot be broken and does not fit alone
/// is wider than the terminal.
/// </summary>
internal sealed class FittedTable(ImmutableArray<FittedColumn> columns)
{
    // A blank of the border and one of padding.
    private const int Gap = 2;

    private readonly List<FittedCell[]> _rows = [];

    /// <summary>Adds a row. Cells that are missing at its end are empty.</summary>
    public void Add(params FittedCell[] cells) =>
        _rows.Add([.. cells, .. Enumerable.Repeat<FittedCell>("", columns.Length - cells.Length)]);

    public IRenderable Render(int width)
    {
        if (_rows.Count == 0)
            return new Rows();
        var (shown, least) = Shown(width);
        var table = new Table().Border(TableBorder.Simple);
        foreach (var i in shown)
        {
            var column = new TableColumn(columns[i].Name) { Padding = new Padding(0, 0, 1, 0) };
            if (columns[i].Least == 0)
                column.NoWrap();
            table.AddColumn(column);
        }

        foreach (var row in _rows)
            table.AddRow(shown.Select(i => new Text(row[i].Text, row[i].Style)));
        return new UnbrokenContent(table, least);
    }

    private (ImmutableArray<int> Columns, int Width) Shown(int width)
    {
        var natural = columns.Select((c, i) => Math.Max(WidthOf(c.Name),
            _rows.Select(r => WidthOf(r[i].Text)).DefaultIfEmpty().Max())).ToArray();
        var least = natural.Select((n, i) => columns[i].Least > 0 ? Math.Min(n, columns[i].Least) : n).ToArray();
        var shown = Enumerable.Range(0, columns.Length).Where(i => _rows.Any(r => r[i].Text.Length > 0)).ToList();
        while (shown.Count > 1 && Width() > width)
            shown.Remove(shown.MaxBy(i => columns[i].Rank));
        return ([.. shown], Width());

        int Width() => shown.Sum(i => least[i] + Gap) + 1;
    }

    // Letters of some scripts are two columns wide.
    private static int WidthOf(string text) => Segment.CellCount([new Segment(text)]);
}
