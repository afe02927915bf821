using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>How the parent zone learns that this server is authoritative for the zone.</summary>
public sealed record ZoneDelegation
{
    [Field("Time to live of the NS records and the glue in the parent zone", Min = "1s", Max = "7d")]
    public TimeSpan Ttl { get; init; } = TimeSpan.FromHours(1);
}
