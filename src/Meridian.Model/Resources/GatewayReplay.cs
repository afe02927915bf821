using Meridian.Model.Binding;
using Meridian.Model.Values;

namespace Meridian.Model.Resources;

/// <summary>
/// Where a request's body is kept until its answer begins. What is larger is sent on, and not sent again.
/// </summary>
public sealed record GatewayReplay
{
    [Field("In memory, for each request")]
    public ByteSize Memory { get; init; } = new(1 << 20);

    [Field("Beyond that in a file, for each request")]
    public ByteSize Disk { get; init; } = new(256L << 20);
}
