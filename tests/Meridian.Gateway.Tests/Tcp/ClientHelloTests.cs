using System.Buffers;
using System.Net.Security;
using System.Text;
using Meridian.Gateway.Tcp;

namespace Meridian.Gateway.Tests.Tcp;

public sealed class ClientHelloTests
{
    [Fact]
    public async Task Finds_the_name_in_a_real_hello_and_waits_for_all_of_it()
    {
        var hello = await HelloAsync("App.Example.org");
        for (var length = 1; length < hello.Length; length++)
            Assert.False(ClientHello.TryRead(new ReadOnlySequence<byte>(hello, 0, length), out _), $"{length} octets");
        Assert.True(ClientHello.TryRead(new ReadOnlySequence<byte>(hello), out var name));
        Assert.Equal("app.example.org", name);
    }

    [Theory]
    [InlineData("GET / HTTP/1.1\r\n")]
    [InlineData("SSH-2.0-OpenSSH_9.2\r\n")]
    [InlineData("\x16\x03\x01\xff\xff\x01")]
    public void What_is_no_TLS_has_no_name(string text)
    {
        Assert.True(ClientHello.TryRead(new ReadOnlySequence<byte>(Encoding.Latin1.GetBytes(text)), out var name));
        Assert.Equal("", name);
    }

    [Fact]
    public async Task Damaged_hellos_throw_nothing()
    {
        var hello = await HelloAsync("app.example.org");
        var random = new Random(1);
        for (var round = 0; round < 100_000; round++)
        {
            var damaged = hello.ToArray();
            for (var i = random.Next(1, 6); i > 0; i--)
                damaged[random.Next(damaged.Length)] = (byte)random.Next(256);
            ClientHello.TryRead(new ReadOnlySequence<byte>(damaged, 0, random.Next(1, damaged.Length + 1)),
                out var name);
            Assert.DoesNotContain(name, char.IsControl);
        }
    }

    private static async Task<byte[]> HelloAsync(string name)
    {
        var written = new MemoryStream();
        try
        {
            await using var tls = new SslStream(new OneWay(written));
            await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
            {
                TargetHost = name,
                ApplicationProtocols = [SslApplicationProtocol.Http2],
            });
        }
        catch (IOException)
        {
            // Nobody answers.
        }

        return written.ToArray();
    }

    /// <summary>Takes what is written, and has nothing to read.</summary>
    private sealed class OneWay(Stream written) : Stream
    {
        public override bool CanRead => true;

        public override bool CanWrite => true;

        public override bool CanSeek => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => 0;

        public override void Write(byte[] buffer, int offset, int count) => written.Write(buffer, offset, count);

        public override void Flush() => written.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
