namespace Meridian.Drill;

/// <summary>How a check finds its site.</summary>
public enum DrillWay
{
    /// <summary>By name, as a client does that nobody stands before.</summary>
    Dns,

    /// <summary>Through one gateway, which finds it.</summary>
    Gateway,
}
