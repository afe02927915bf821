using System.IO.Pipelines;
using Meridian.Gateway.Bodies;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Gateway.Tests.Bodies;

/// <summary>How long a client may be silent within its request, in virtual time.</summary>
public sealed class ClientReaderTests : IDisposable
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(120);

    private readonly Pipe _pipe = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ClientReader _reader;

    public ClientReaderTests() => _reader = new ClientReader(_pipe.Reader, Idle, _time);

    [Fact]
    public async Task A_client_that_is_silent_for_too_long_is_given_up()
    {
        var reading = _reader.ReadAsync().AsTask();
        _time.Advance(Idle - TimeSpan.FromSeconds(1));
        Assert.False(reading.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(1));
        var fault = await Assert.ThrowsAsync<ClientException>(() => reading.WithinAsync(10));
        Assert.Equal((408, "nothing more of the body came within 2m"), (fault.Status, fault.Message));
        Assert.Same(fault, _reader.Fault);
    }

    [Fact]
    public async Task Every_octet_gives_the_client_all_of_its_time_again()
    {
        for (var i = 0; i < 5; i++)
        {
            var reading = _reader.ReadAsync().AsTask();
            _time.Advance(Idle - TimeSpan.FromSeconds(1));
            await _pipe.Writer.WriteAsync(new byte[1]);
            var result = await reading.WithinAsync(10);
            Assert.Equal(1, result.Buffer.Length);
            _reader.AdvanceTo(result.Buffer.End);
        }
    }

    [Fact]
    public async Task What_the_address_takes_is_not_the_clients_time()
    {
        await _pipe.Writer.WriteAsync(new byte[1]);
        var result = await _reader.ReadAsync();
        _time.Advance(2 * Idle);
        _reader.AdvanceTo(result.Buffer.End);
        var reading = _reader.ReadAsync().AsTask();
        _time.Advance(Idle - TimeSpan.FromSeconds(1));
        Assert.False(reading.IsCompleted);
    }

    [Fact]
    public async Task A_read_that_is_given_up_for_another_address_goes_on_counting()
    {
        var reading = _reader.ReadAsync().AsTask();
        _time.Advance(Idle - TimeSpan.FromSeconds(1));
        _reader.Cancel();
        var result = await reading.WithinAsync(10);
        Assert.True(result.IsCanceled);
        _reader.AdvanceTo(result.Buffer.Start);

        reading = _reader.ReadAsync().AsTask();
        _time.Advance(TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<ClientException>(() => reading.WithinAsync(10));
    }

    [Fact]
    public async Task Once_an_answer_has_begun_the_client_may_be_silent()
    {
        var reading = _reader.ReadAsync().AsTask();
        _reader.Answered();
        _time.Advance(2 * Idle);
        var result = await reading.WithinAsync(10);
        Assert.True(result.IsCanceled);
        _reader.AdvanceTo(result.Buffer.Start);

        reading = _reader.ReadAsync().AsTask();
        _time.Advance(100 * Idle);
        Assert.False(reading.IsCompleted);
        await _pipe.Writer.WriteAsync(new byte[1]);
        Assert.Equal(1, (await reading.WithinAsync(10)).Buffer.Length);
    }

    public void Dispose() => _reader.Dispose();
}
