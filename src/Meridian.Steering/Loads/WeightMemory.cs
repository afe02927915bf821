namespace Meridian.Steering.Loads;

/// <summary>
/// What the weight law remembers of a pool in a table that serves. It moves with every tick, whereas the plan that
/// holds it is replaced only when another weight is published: so a tick that changes no weight makes no table. The
/// tick alone writes; readers see one immutable value.
/// </summary>
internal sealed class WeightMemory(PoolWeight current)
{
    private volatile PoolWeight _current = current;

    public PoolWeight Current
    {
        get => _current;
        set => _current = value;
    }
}
