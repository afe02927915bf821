namespace Meridian.Acceptance.Chaos;

/// <summary>
/// What each key holds as far as its one writer was told: one value once a write was acknowledged, the one before where
/// it was refused, and either where no answer came.
/// </summary>
internal sealed class Ledger
{
    private readonly Dictionary<string, HashSet<string>> _possible = [];
    private readonly Dictionary<(string Key, string Value), string> _refusals = [];

    /// <summary>The values that a key may hold; the empty one stands for none.</summary>
    public IReadOnlyCollection<string> Of(string key) => _possible.GetValueOrDefault(key) ?? [""];

    public IEnumerable<string> Keys => _possible.Keys;

    public int Acknowledged { get; private set; }

    public int Refused { get; private set; }

    public int Unknown { get; private set; }

    public void Acknowledge(string key, string value)
    {
        _possible[key] = [value];
        Acknowledged++;
    }

    public void Refuse(string key, string value, string reason)
    {
        _refusals[(key, value)] = reason;
        Refused++;
    }

    public void LeaveOpen(string key, string value)
    {
        _possible[key] = [.. Of(key), value];
        Unknown++;
    }

    /// <summary>What is there now is one of what may be, and from now on the only one.</summary>
    public void Check(string key, string value, Func<string> told)
    {
        Assert.True(Of(key).Contains(value),
            $"{key} holds `{value}`, and was last told to hold `{string.Join("` or `", Of(key))}`; that it hold "
                + $"`{value}` was refused: {_refusals.GetValueOrDefault((key, value), "never")}\n{told()}");
        _possible[key] = [value];
    }
}
