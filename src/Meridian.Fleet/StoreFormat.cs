namespace Meridian.Fleet;

/// <summary>
/// Which versions of the store's layout may be written, as the key <see cref="FleetKeys.Format"/> says.
/// </summary>
/// <param name="Min">The oldest version that is read.</param>
/// <param name="Max">The version that is written.</param>
public sealed record StoreFormat(int Min, int Max)
{
    /// <summary>The version that this program reads and writes.</summary>
    public const int Current = 1;
}
