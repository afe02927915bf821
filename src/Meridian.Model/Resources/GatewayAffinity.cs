using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>What makes requests a session.</summary>
public sealed record GatewayAffinity
{
    [Field("Name of the header whose value tells sessions apart; requests without it are free")]
    public required string Header { get; init; }
}
