namespace Meridian.Steering.Plans;

/// <summary>What sort of address is asked for.</summary>
public enum AddressKind
{
    V4,
    V6,

    /// <summary>Only a host name will do.</summary>
    Name,
}
