using System.Security.Cryptography;
using Meridian.Gateway.Http1;
using Meridian.Gateway.Routing;
using Microsoft.AspNetCore.Http;

namespace Meridian.Gateway.Forwarding;

/// <summary>Continuing an answer that broke off, from another address that gives the same octets.</summary>
internal sealed partial class Exchange
{
    private async Task<bool> ResumeAsync(Resume resume, Failure failure, Target from)
    {
        while (_body is null || _body.CanReplay)
        {
            if (_tried.Count >= _route.Options.Attempts || !_rules.MayRepeat
                || !_route.Record.Retries.TrySpend(_route.Options.Budget, RetryRules.AlwaysPerSecond)
                || Choose() is not { } choice)
                return false;
            _tried.Add(choice.Target.Upstream);
            await using var attempt = await TryAsync(choice.Target);
            if (attempt.ClientGone || attempt.ClientFault is not null)
                return false;
            Judge(attempt);
            if (attempt.Head is not { } head)
                continue;
            if (!resume.Fits(head))
                return false;
            _core.Observer.Failover(_route, from, failure);

            // The client has seen nothing yet: it is told who answers now.
            if (!_context.Response.HasStarted)
            {
                _context.Response.Clear();
                WriteHead(attempt, head);
            }

            switch (await ContinueAsync(attempt, resume))
            {
                case Continued.ToTheEnd:
                    WriteTrailers(attempt);
                    _core.Observer.Resumed(_route, from, choice.Target, resume.Length);
                    return true;
                case Continued.BrokeOff:
                    from = choice.Target;
                    continue;
                default:
                    return false;
            }
        }

        return false;
    }

    // The octets that the client has are read once more and compared by digest before any further one is passed on.
    private async Task<Continued> ContinueAsync(Attempt attempt, Resume resume)
    {
        var known = resume.Length;
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
                    same = again.GetCurrentHash().AsSpan().SequenceEqual(resume.Digest());
                    if (!same)
                        return Continued.Differs;
                    if (piece.IsEmpty)
                        continue;
                }

                resume.Add(piece.Span);
                if (!await PassOnAsync(piece))
                    return Continued.ClientGone;
            }
        }
        catch (UpstreamException e)
        {
            Judge(attempt, new Failure(e.Kind, Phase.Body, e.Message, true));
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
