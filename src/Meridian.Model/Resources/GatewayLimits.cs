using Meridian.Model.Binding;
using Meridian.Model.Values;

namespace Meridian.Model.Resources;

/// <summary>Limits in size of a request through the gateway.</summary>
public sealed record GatewayLimits
{
    [Field("The body of a request")]
    public ByteSize RequestBody { get; init; } = new(1L << 30);
}
