namespace Meridian.State.Etcd;

/// <summary>What a person must see to, each thing under a key of its own until it is put right.</summary>
internal sealed class EtcdFaults
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<string, string> _faults = new(StringComparer.Ordinal);
    private volatile string? _text;

    /// <summary>Raised after <see cref="Text"/> has become another.</summary>
    public event Action? Changed;

    /// <summary>All of them, or null.</summary>
    public string? Text => _text;

    /// <summary>Sets what is wrong with one thing; null where nothing is any more.</summary>
    public void Set(string key, string? fault)
    {
        lock (_gate)
        {
            if (fault == _faults.GetValueOrDefault(key))
                return;
            if (fault is null)
                _faults.Remove(key);
            else
                _faults[key] = fault;
            _text = _faults.Count == 0 ? null : string.Join("; ", _faults.Values);
        }

        Changed?.Invoke();
    }
}
