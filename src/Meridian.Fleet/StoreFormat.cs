using System.Text.Json;
using Meridian.Addresses;
using Meridian.State.Shared;

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

    /// <summary>What prepares an empty store.</summary>
    public static SharedWrite First { get; } = new(FleetKeys.Format,
        JsonSerializer.Serialize(new StoreFormat(Current, Current), FleetJson.Default.StoreFormat));

    /// <summary>Why nothing may be written into a store by this version, or null where it may.</summary>
    public static string? FaultOf(SharedSnapshot snapshot)
    {
        if (snapshot.Entries.GetValueOrDefault(FleetKeys.Format) is not { } entry)
            return snapshot.Entries.IsEmpty
                ? "the shared store is empty: `meridian store init` prepares it"
                : "the shared store holds keys and no format: it was not prepared by `meridian store init`";
        if (FleetJson.Read(entry.Value, FleetJson.Default.StoreFormat) is not { } format)
            return $"the shared store has a format that cannot be read: {DisplayText.Bound(entry.Value, 100)}";
        return format.Min > Current
            ? $"the shared store has format {format.Min}, and this version of Meridian writes {Current}; upgrade it"
            : null;
    }
}
