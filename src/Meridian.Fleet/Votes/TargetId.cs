using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Meridian.Model.Resources;
using Meridian.Model.Verdicts;

namespace Meridian.Fleet.Votes;

/// <summary>
/// A target as nodes name it to one another: 64 bits of a digest of what is probed, how, and for which site. Nodes
/// whose configurations differ in any of it have no opinion on each other's target.
/// </summary>
public readonly record struct TargetId(ulong Value)
{
    /// <summary>The id of a target.</summary>
    /// <param name="key">What is probed.</param>
    /// <param name="probe">How, as <see cref="ProbeText"/> gives it.</param>
    /// <param name="site">The site whose clients it serves; null for none.</param>
    public static TargetId Of(ProbeKey key, string probe, string? site)
    {
        var text = JsonSerializer.SerializeToUtf8Bytes(
            [key.Check, key.Target, key.Port.ToString(CultureInfo.InvariantCulture), key.Host, probe, site ?? ""],
            FleetJson.Default.StringArray);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, digest);
        return new TargetId(BinaryPrimitives.ReadUInt64BigEndian(digest));
    }

    /// <summary>What of a check decides on the outcome of one probe: how often it is sent does not.</summary>
    public static string ProbeText(HealthCheck check) => JsonSerializer.Serialize(
        new object?[] { check.Http, check.Tcp, check.Ping, check.Grpc, check.External, check.Timeout });

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TargetId id)
    {
        var isHex = ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value);
        id = new TargetId(value);
        return isHex && text.Length == 16;
    }

    /// <summary>Sixteen hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x16", CultureInfo.InvariantCulture);
}
