using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Meridian.NameServer.Flattening;
using Meridian.Running.Features;
using Meridian.Tests.Running.Control;

namespace Meridian.Tests.Running.Features;

public sealed class NameFeatureTests : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> _asked = [];
    private readonly UdpClient _server = new(new IPEndPoint(IPAddress.Loopback, 0));
    private readonly CancellationTokenSource _end = new();
    private readonly World _world = new(World.Endpoint("a", "10.0.0.1"));
    private readonly HostResolver _resolver;
    private readonly Task _serving;

    public NameFeatureTests()
    {
        _resolver = new HostResolver([(IPEndPoint)_server.Client.LocalEndPoint!], _world.Time, (_, _) => { },
            (_, _) => { });
        _serving = RefuseAllAsync();
        _world.Start(new NameFeature(_resolver));
    }

    [Fact]
    public async Task Names_of_pools_that_are_flattened_are_resolved_once_each_and_no_others()
    {
        await ApplyAsync("{flatten: true, addresses: [{value: CDN.example.net.}, {value: 10.0.0.2}, "
            + "{value: off.example.net, enabled: false}]}");

        Assert.Equal(["cdn.example.net"], _asked.Keys);
    }

    [Fact]
    public async Task Names_of_pools_that_are_not_flattened_are_left_to_the_clients_resolver()
    {
        await ApplyAsync("{addresses: [{value: cdn.example.net}]}");

        Assert.Empty(_asked);
    }

    [Fact]
    public async Task A_name_that_no_pool_has_any_more_is_not_resolved_any_more()
    {
        await ApplyAsync("{flatten: true, addresses: [{value: one.example.net}]}");
        await ApplyAsync("{flatten: true, addresses: [{value: two.example.net}]}");
        _asked.Clear();

        await Wait.PassUntilAsync(() => _world.Time.Advance(TimeSpan.FromSeconds(1)), () => !_asked.IsEmpty, Seen);

        Assert.Equal(["two.example.net"], _asked.Keys);
    }

    [Fact]
    public async Task A_name_that_has_other_addresses_leads_to_another_table_of_the_same_resources()
    {
        var before = _world.Loop.State;

        Assert.Null(await _world.Loop.SubmitAsync(NameFeature.Resolved).WaitAsync(World.Limit));

        Assert.NotSame(before, _world.Loop.State);
        Assert.Same(before.Resources, _world.Loop.State.Resources);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _resolver.DisposeAsync();
        await _end.CancelAsync();
        await _serving;
        _server.Dispose();
        _end.Dispose();
    }

    private async Task ApplyAsync(string pool)
    {
        await _world.ApplyAsync(TestYaml.Part("AddressPool", "p", pool));
        await Wait.UntilAsync(() => _resolver.HasAskedAll, Seen);
    }

    private string Seen() => string.Join(", ", _asked.Keys);

    // Answers REFUSED, so that an attempt ends at once.
    private async Task RefuseAllAsync()
    {
        try
        {
            while (true)
            {
                var query = await _server.ReceiveAsync(_end.Token);
                _asked[NameIn(query.Buffer)] = true;
                query.Buffer[2] |= 0x80;
                query.Buffer[3] = 5;
                await _server.SendAsync(query.Buffer, query.RemoteEndPoint, _end.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }

    private static string NameIn(byte[] query)
    {
        var labels = new List<string>();
        for (var at = 12; query[at] > 0; at += query[at] + 1)
            labels.Add(Encoding.ASCII.GetString(query, at + 1, query[at]));
        return string.Join('.', labels);
    }
}
