using System.Net;
using System.Net.Sockets;
using Meridian.Agent.Configuration;
using Meridian.Agent.Services;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Tests.Services;

public sealed class ServiceTableTests : IAsyncDisposable
{
    private readonly SemaphoreSlim _changes = new(0);
    private readonly ServiceTable _table;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

    public ServiceTableTests()
    {
        _table = new ServiceTable(() => _changes.Release(), TimeProvider.System);
        _listener.Start();
    }

    private int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public async ValueTask DisposeAsync()
    {
        await _table.DisposeAsync();
        _listener.Dispose();
        _changes.Dispose();
    }

    [Fact]
    public async Task Only_services_of_the_file_are_reached_whatever_is_asked_for()
    {
        await _table.ApplyAsync([Entry("llm", Port)]);
        using var socket = await _table.ConnectAsync("llm", CancellationToken.None);
        Assert.True(socket!.Connected);
        Assert.Null(await _table.ConnectAsync("LLM", CancellationToken.None));
        Assert.Null(await _table.ConnectAsync($"127.0.0.1:{Port}", CancellationToken.None));
        await _table.ApplyAsync([]);
        Assert.Null(await _table.ConnectAsync("llm", CancellationToken.None));
    }

    [Fact]
    public async Task A_service_that_refuses_says_so()
    {
        await _table.ApplyAsync([Entry("llm", Port)]);
        _listener.Stop();
        var refused = await Assert.ThrowsAsync<SocketException>(() =>
            _table.ConnectAsync("llm", CancellationToken.None));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    [Fact]
    public async Task A_service_is_probed_at_once_and_keeps_what_is_known_when_others_change()
    {
        await _table.ApplyAsync([Entry("llm", Port)]);
        await UntilAsync(() => _table.Reports.Single().Health == ServiceHealth.Up);
        await _table.ApplyAsync([Entry("llm", Port), Entry("second", Port)]);
        Assert.Equal(ServiceHealth.Up, _table.Reports[0].Health);
        await UntilAsync(() => _table.Reports[1].Health == ServiceHealth.Up);

        // Another address is another service: what was known of the old one does not count.
        await _table.ApplyAsync([Entry("llm", 1)]);
        Assert.NotEqual(ServiceHealth.Up, _table.Reports.Single().Health);
        await UntilAsync(() => _table.Reports.Single()
            == new ServiceReport("llm", ServiceHealth.Down, "the agent's probe fails: connect: refused"));
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        while (!condition())
            Assert.True(await _changes.WaitAsync(TestTime.Limit(20)),
                $"no change within 20 s: {string.Join(", ", _table.Reports)}");
    }

    private static ServiceEntry Entry(string name, int port) =>
        new(name, new ServiceAddress("127.0.0.1", port, null), null, TimeSpan.FromHours(1));
}
