namespace Meridian.Gateway.Choosing;

/// <summary>How hard an address was looked for.</summary>
internal enum Pass
{
    /// <summary>One that is up and has room, in a pool that has room.</summary>
    WithRoom,

    /// <summary>One that is up, full or not.</summary>
    Up,

    /// <summary>
    /// One that is resting after failures; and one that health took out, where too many are out to be believed.
    /// </summary>
    Any,
}
