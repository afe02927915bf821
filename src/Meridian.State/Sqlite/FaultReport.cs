namespace Meridian.State.Sqlite;

/// <summary>What is wrong with the store now, and what was lost for good.</summary>
/// <param name="alarm">Called with every fault that differs from the one before.</param>
internal sealed class FaultReport(Action<string> alarm)
{
    private volatile string? _now;
    private volatile string? _loss;

    public string? Current => (_now, _loss) switch
    {
        ({ } now, { } loss) => $"{now}; {loss}",
        var (now, loss) => now ?? loss,
    };

    /// <summary>Reports a fault, and gives it back.</summary>
    public string Raise(string fault)
    {
        var isNew = _now != fault;
        _now = fault;
        if (isNew)
            alarm(fault);
        return fault;
    }

    /// <summary>Reports a loss: it stays until the end of the process.</summary>
    public string RaiseLoss(string loss)
    {
        if (_loss is { } before && before.Contains(loss, StringComparison.Ordinal))
            return loss;
        _loss = _loss is null ? loss : $"{_loss}; {loss}";
        alarm(loss);
        return loss;
    }

    /// <summary>Memory and disk agree again.</summary>
    public void Clear() => _now = null;
}
