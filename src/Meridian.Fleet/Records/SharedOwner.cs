using Meridian.Model.Records;

namespace Meridian.Fleet.Records;

/// <summary>A client with records, as it stands in the shared store beside them.</summary>
/// <param name="Id">Who it is.</param>
/// <param name="Site">Name of the Site where its targets are.</param>
/// <param name="Lease">How long its targets stay in names after its last request although their probes fail.</param>
/// <param name="Heard">When a node heard it last, by that node's clock: for people alone, as clocks differ.</param>
internal sealed record SharedOwner(string Id, string? Site, TimeSpan Lease, DateTimeOffset Heard)
{
    public static SharedOwner Of(RecordOwner owner) => new(owner.Id, owner.Site, owner.Lease, owner.HeardAt);
}
