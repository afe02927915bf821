using Meridian.Tunnel.Wire;

namespace Meridian.Tunnel.Tests.Support;

/// <summary>A test with a gateway that knows the agent <c>hanoi</c>, and a service <c>echo</c> for it.</summary>
public abstract class TunnelTest : IAsyncLifetime
{
    private protected readonly TestServices _services = new();
    private protected readonly TestOrigin _echo = new(TestOrigin.EchoAsync);
    private protected TunnelWorld _world = null!;

    public virtual async ValueTask InitializeAsync()
    {
        _world = await TunnelWorld.StartAsync();
        _world.Policy.Allow("hanoi");
        _services.Ports["echo"] = (_echo.Port, ServiceHealth.Up);
    }

    /// <summary>Sends an octet, and gets it back.</summary>
    private protected static async Task AssertEchoAsync(Stream stream)
    {
        await stream.WriteAsync("x"u8.ToArray());
        var echo = new byte[1];
        Assert.Equal(1, await stream.ReadAsync(echo).AsTask().WithinAsync(20));
        Assert.Equal((byte)'x', echo[0]);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _echo.Dispose();
        GC.SuppressFinalize(this);
    }
}
