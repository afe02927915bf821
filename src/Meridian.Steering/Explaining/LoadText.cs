using System.Globalization;
using Meridian.Model.Loads;
using Meridian.Model.Resources;
using Meridian.Steering.Loads;

namespace Meridian.Steering.Explaining;

/// <summary>Loads and weights as text for people.</summary>
public static class LoadText
{
    /// <summary>Why a weight is what it is.</summary>
    public static string Of(WeightReason reason) => reason switch
    {
        WeightReason.Balanced => "as busy as the mean",
        WeightReason.Busier => "busier than the mean: gets less",
        WeightReason.Idler => "less busy than the mean: gets more",
        WeightReason.Stale => "its figures are old: goes back to its capacity",
        WeightReason.Out => "does not serve",
        WeightReason.NoFigure => "no figures: its capacity",
    };

    /// <summary>A figure: <c>62 %: 7 running, 1 waiting, memory 50 % (Scrape, 1.2 s ago)</c>.</summary>
    public static string Of(LoadFigure figure, LoadSignal? signal, double? capacity, DateTimeOffset now)
    {
        var parts = new List<string>();
        if (figure.Running is { } running)
            parts.Add(Text($"{running:0.#}{(capacity is { } most ? Text($" of {most:0.#}") : "")} running"));
        if (figure.Waiting is { } waiting)
            parts.Add(Text($"{waiting:0.#} waiting"));
        if (figure.Memory is { } memory)
            parts.Add(Text($"memory {memory:P0}"));
        var used = figure.Utilisation(signal, capacity) is { } part ? Text($"{part:P0}") : "";
        var says = parts.Count == 0 ? used : used.Length == 0
            ? string.Join(", ", parts) : $"{used}: {string.Join(", ", parts)}";
        return Text($"{says} ({figure.Source}, {Math.Max(0, (now - figure.At).TotalSeconds):0.0} s ago)");
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
