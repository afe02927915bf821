namespace Meridian.Model.Loads;

/// <summary>What is known about the work at addresses.</summary>
public interface ILoads
{
    /// <summary>The figure that counts for an address of a pool; null where there is none.</summary>
    LoadFigure? Of(LoadKey key);

    /// <summary>Requests that an address can do at a time, as traffic has shown; null where it has not.</summary>
    double? LearnedCapacity(LoadKey key);
}
