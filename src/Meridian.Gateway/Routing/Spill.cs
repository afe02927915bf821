namespace Meridian.Gateway.Routing;

/// <summary>
/// Whether a pool gives a part of its requests to the next one. It begins above a utilisation and ends a little below
/// it, so that a pool at the limit does not switch with every request.
/// </summary>
internal sealed class Spill
{
    /// <summary>How far below the limit it ends.</summary>
    private const double Hysteresis = 0.05;

    private volatile bool _spilling;

    public bool IsSpilling => _spilling;

    /// <param name="utilisation">Work under way over what can be under way.</param>
    /// <param name="limit">The utilisation above which it begins.</param>
    public bool Update(double utilisation, double limit)
    {
        if (utilisation >= limit)
            _spilling = true;
        else if (utilisation < limit - Hysteresis)
            _spilling = false;
        return _spilling;
    }
}
