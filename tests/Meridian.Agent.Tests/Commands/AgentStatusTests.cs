using Meridian.Agent.Commands;
using Meridian.Agent.Tests.Support;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Tests.Commands;

public sealed class AgentStatusTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly LinkState Up = new("gateway:7443", "tokyo-1", TunnelForm.Upgrade, Now, null);
    private static readonly LinkState Lost = Up with { Node = null, Fault = "the connection is lost" };

    private readonly AgentTestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_status_is_read_as_it_was_written()
    {
        var status = Status(Up, Lost);
        status.Write(_folder.Folder.Status);
        Assert.True(status.IsSameAs(AgentStatus.Read(_folder.Folder.Status)));
    }

    [Fact]
    public void What_is_not_there_or_is_no_status_is_none()
    {
        Assert.Null(AgentStatus.Read(_folder.Folder.Status));
        File.WriteAllText(_folder.Folder.Status, "{ half");
        Assert.Null(AgentStatus.Read(_folder.Folder.Status));
    }

    [Fact]
    public void An_agent_stands_once_all_of_its_tunnels_do()
    {
        Assert.True(Status(Up, Up).Stands);
        Assert.False(Status(Up, Lost).Stands);
        Assert.False(Status().Stands);
    }

    [Fact]
    public void A_status_is_the_same_as_long_as_it_says_the_same()
    {
        var status = Status(Up);
        Assert.True(status.IsSameAs(Status(Up)));
        Assert.False(status.IsSameAs(null));
        Assert.False(status.IsSameAs(Status(Lost)));
        Assert.False(status.IsSameAs(Status(Up, Up)));
        Assert.False(status.IsSameAs(status with { InFlight = 1 }));
        Assert.False(status.IsSameAs(status with { Fingerprint = "b" }));
        Assert.False(status.IsSameAs(status with { Services = [] }));
    }

    private static AgentStatus Status(params LinkState[] links) =>
        new(Environment.ProcessId, Now.AddHours(24), "a", 0, [.. links], [new("llm", ServiceHealth.Up, "ok", 0.5)]);
}
