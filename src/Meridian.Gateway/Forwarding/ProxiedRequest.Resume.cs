using System.Security.Cryptography;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Retries;
using Meridian.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Forwarding;

/// <summary>Continuing an answer that broke off, from another address that gives the same octets.</summary>
internal sealed partial class ProxiedRequest
{
    private async Task<bool> ResumeAsync(SentDigest digest, Failure failure, Target from)
    {
        while (_tries.MayResume(CanSendAgain) && _tries.Next() is { } target)
        {
            await using var attempt = await TryAsync(target);
            if (attempt.ClientGone || attempt.ClientFault is not null)
                return false;
            Report(attempt);
            if (attempt.Head is not { } head)
                continue;
            if (!digest.Fits(head))
            {
                // An address that is full or failing says nothing of the answer; another one may still give it.
                if (FailureOf(attempt) is not null)
                    continue;
                return false;
            }

            _services.Observer.Failover(_route, from, failure);

            // A client that has seen nothing yet is told who answers now.
            if (!_context.Response.HasStarted)
            {
                _context.Response.Clear();
                WriteHead(attempt, head);
            }

            switch (await ContinueAsync(attempt, digest))
            {
                case Continued.ToTheEnd:
                    await EndAsync(attempt);
                    _services.Observer.Resumed(_route, from, attempt.Target, digest.Length);
                    return true;
                case Continued.BrokeOff:
                    from = attempt.Target;
                    continue;
                case Continued.Differs or Continued.ClientGone:
                    return false;
            }
        }

        return false;
    }

    // The octets that the client has are read once more and compared by digest before any further one is passed on.
    private async Task<Continued> ContinueAsync(Attempt attempt, SentDigest digest)
    {
        var known = digest.Length;
        using var again = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var read = 0L;
        var same = known == 0;
        try
        {
            while (true)
            {
                var piece = await attempt.ReadAsync();
                if (piece.IsEmpty)
                    return same ? Continued.ToTheEnd : Continued.Differs;
                if (!same)
                {
                    var part = (int)Math.Min(piece.Length, known - read);
                    again.AppendData(piece.Span[..part]);
                    read += part;
                    piece = piece[part..];
                    if (read < known)
                        continue;
                    same = again.GetCurrentHash().AsSpan().SequenceEqual(digest.Digest());
                    if (!same)
                        return Continued.Differs;
                    if (piece.IsEmpty)
                        continue;
                }

                if (!await PassOnAsync(piece))
                    return Continued.ClientGone;
            }
        }
        catch (UpstreamException e)
        {
            _events?.Drop();
            _tries.Failed(attempt.Target, Failure.OfBody(e.Kind, e.Message), attempt.FirstByte, attempt.Span);
            return Continued.BrokeOff;
        }
        catch (OperationCanceledException)
        {
            return Continued.ClientGone;
        }
    }

    private enum Continued
    {
        ToTheEnd,
        BrokeOff,
        Differs,
        ClientGone,
    }
}
