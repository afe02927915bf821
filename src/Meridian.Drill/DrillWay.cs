namespace Meridian.Drill;

/// <summary>How a check finds its site.</summary>
public enum DrillWay
{
    /// <summary>By name, as a client without a gateway does.</summary>
    Dns,

    /// <summary>Through one gateway, which chooses the site.</summary>
    Gateway,
}
