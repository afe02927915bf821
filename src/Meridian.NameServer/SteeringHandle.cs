using Meridian.Steering;

namespace Meridian.NameServer;

/// <summary>
/// The steering table that the names of one set of zones answer from. A change of verdicts swaps the table. A change of
/// configuration makes new zones with a new handle, so that no query can see zones and a table that do not belong
/// together.
/// </summary>
public sealed class SteeringHandle
{
    private volatile SteeringTable _current = SteeringTable.Empty;

    public SteeringTable Current
    {
        get => _current;
        set => _current = value;
    }
}
