using System.Net;
using System.Net.Sockets;
using Meridian.Agent.Services;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Agent.Tests.Services;

public sealed class AddressRaceTests
{
    private static readonly IPAddress Six = IPAddress.Parse("2001:db8::1");
    private static readonly IPAddress Four = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    private readonly FakeTimeProvider _time = new();
    private readonly Dictionary<IPAddress, TaskCompletionSource<Socket>> _attempts = [];

    [Fact]
    public async Task The_next_address_is_tried_at_once_when_one_refuses()
    {
        var running = Run(Six, Four);
        Assert.Equal([Six], _attempts.Keys);
        _attempts[Six].SetException(new SocketException((int)SocketError.ConnectionRefused));
        await TriedAsync(Four);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _attempts[Four].SetResult(socket);
        Assert.Same(socket, await running.WithinAsync(20));
    }

    [Fact]
    public async Task The_next_address_is_tried_beside_one_that_does_not_answer()
    {
        var running = Run(Six, Four);
        _time.Advance(AddressRace.AttemptDelay);
        await TriedAsync(Four);
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _attempts[Four].SetResult(socket);
        Assert.Same(socket, await running.WithinAsync(20));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => _attempts[Six].Task);
    }

    [Fact]
    public async Task Where_no_address_takes_a_connection_the_reason_is_that_of_the_first_one()
    {
        var running = Run(Six, Four);
        _attempts[Six].SetException(new SocketException((int)SocketError.ConnectionRefused));
        await TriedAsync(Four);
        _attempts[Four].SetException(new SocketException((int)SocketError.NetworkUnreachable));
        var fault = await Assert.ThrowsAsync<SocketException>(() => running.WithinAsync(20));
        Assert.Equal(SocketError.ConnectionRefused, fault.SocketErrorCode);
        Assert.Equal(SocketError.HostUnreachable,
            (await Assert.ThrowsAsync<SocketException>(() => Run())).SocketErrorCode);
    }

    [Fact]
    public async Task A_connection_that_comes_too_late_is_closed()
    {
        using var stop = new CancellationTokenSource();
        var running = Race(honoursCancellation: false).RunAsync([Six], stop.Token);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        var late = new Socket(SocketType.Stream, ProtocolType.Tcp);
        _attempts[Six].SetResult(late);
        await Wait.UntilAsync(() => late.SafeHandle.IsClosed, () => "still open");
    }

    [Fact]
    public void Families_take_turns_and_the_first_one_begins() =>
        Assert.Equal([Four, Six, Other], AddressRace.InTurn([Four, Other, Six]));

    private Task<Socket> Run(params IPAddress[] addresses) => Race(true).RunAsync(addresses, CancellationToken.None);

    private AddressRace Race(bool honoursCancellation) => new((address, cancellationToken) =>
    {
        var attempt = _attempts[address] = new(TaskCreationOptions.RunContinuationsAsynchronously);
        if (honoursCancellation)
            cancellationToken.Register(() => attempt.TrySetCanceled(cancellationToken));
        return attempt.Task;
    }, _time);

    private Task TriedAsync(IPAddress address) =>
        Wait.UntilAsync(() => _attempts.ContainsKey(address), () => $"{address} is not tried");
}
