using System.Net;

namespace Meridian.Gateway.Upstreams;

/// <summary>
/// A body that is sent once. When its address takes no more of it, the sending ends only after the request: why it was
/// refused stands in the answer, and the handler would report the broken body instead.
/// </summary>
internal sealed class OnceContent : HttpContent
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly HttpContent _content;
    private bool _sent;

    public OnceContent(HttpContent content)
    {
        _content = content;
        foreach (var (name, values) in content.Headers.NonValidated)
            Headers.TryAddWithoutValidation(name, values);
    }

    /// <summary>The request has ended.</summary>
    public void End() => _ended.TrySetResult();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context,
        CancellationToken cancellationToken)
    {
        if (_sent)
        {
            End();
            throw new NotProcessedException();
        }

        _sent = true;
        await using var address = new AddressStream(stream);
        try
        {
            await _content.CopyToAsync(address, context, cancellationToken);
            if (!address.HasFailed && !cancellationToken.IsCancellationRequested)
                return;
        }
        catch (Exception) when (address.HasFailed || cancellationToken.IsCancellationRequested)
        {
            // The answer says why.
        }

        await _ended.Task;
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Headers.ContentLength ?? 0;
        return _content.Headers.ContentLength is not null;
    }

    /// <summary>Notices that the address takes no more.</summary>
    private sealed class AddressStream(Stream stream) : Stream
    {
        public bool HasFailed { get; private set; }

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer,
            CancellationToken cancellationToken = default)
        {
            try
            {
                await stream.WriteAsync(buffer, cancellationToken);
            }
            catch
            {
                HasFailed = true;
                throw;
            }
        }

        public override async Task FlushAsync(CancellationToken cancellationToken)
        {
            try
            {
                await stream.FlushAsync(cancellationToken);
            }
            catch
            {
                HasFailed = true;
                throw;
            }
        }

        public override void Flush() => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
