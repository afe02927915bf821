using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>A TCP probe: connect, then optionally send and expect.</summary>
public sealed record TcpCheck
{
    [Field("TCP port", Min = "1", Max = "65535", Default = "the address's `port`")]
    public int? Port { get; init; }

    [Field("Text to send after connecting")]
    public string? Send { get; init; }

    [Field("Text that must appear in the first 64 KiB of the answer")]
    public string? Expect { get; init; }
}
