namespace Meridian.State.Sqlite;

/// <summary>What is wrong with the store now.</summary>
/// <param name="alarm">Called with every fault that differs from the one before.</param>
internal sealed class FaultReport(Action<string> alarm)
{
    private volatile string? _current;

    public string? Current => _current;

    /// <summary>Reports a fault, and gives it back.</summary>
    public string Raise(string fault)
    {
        var isNew = _current != fault;
        _current = fault;
        if (isNew)
            alarm(fault);
        return fault;
    }

    public void Clear() => _current = null;
}
