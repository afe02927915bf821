using System.Collections.Immutable;
using System.Security.Cryptography.X509Certificates;
using Meridian.Api.Contracts;
using Meridian.Running.Control;
using Meridian.State;
using Meridian.Tunnel.Gateways;
using Meridian.Tunnel.Identity;
using Microsoft.Extensions.Logging;

namespace Meridian.Running.Features;

/// <summary>The one-time codes that agents are enrolled with.</summary>
internal sealed class TunnelEnrollment(IEnrollmentStore store, ControlLoop loop, History history, TimeProvider time)
{
    private readonly Lock _lock = new();
    private ImmutableDictionary<string, StoredEnrollment> _codes =
        store.Read().ToImmutableDictionary(e => e.Digest);

    /// <summary>Makes a code for an agent that may be enrolled: the code, or why it cannot be kept.</summary>
    /// <param name="agent">Name of the TunnelAgent.</param>
    /// <param name="authority">The authority that the agent will trust, in PEM.</param>
    public async Task<(Enrollment? Issued, string? Fault)> EnrollAsync(string agent, string authority)
    {
        using var certificate = X509Certificate2.CreateFromPem(authority);
        var code = EnrollmentCode.Make(ServerTrust.PinOf(certificate));
        var expires = time.GetUtcNow() + EnrollmentCode.Life;
        var stored = new StoredEnrollment(code.Digest, agent, expires);
        if (await store.SaveAsync(stored) is { } fault)
            return (null, fault);
        lock (_lock)
            _codes = _codes.RemoveRange(_codes.Where(c => c.Value.Expires < time.GetUtcNow()).Select(c => c.Key))
                .SetItem(code.Digest, stored);
        history.Record(LogLevel.Information, "tunnel", agent,
            $"a code to enrol agent {agent} was made; it stands until {expires.UtcDateTime:u}",
            loop.State.Resources.TunnelAgents.GetValueOrDefault(agent)?.Site);
        return (new Enrollment(agent, code.ToString(), expires), null);
    }

    /// <summary>
    /// Uses a code up: it is off the disk when this says whom it was made for, since a crash would bring it back. Where
    /// the disk does not forget it, nobody has used it, and it stands.
    /// </summary>
    public async Task<Redemption> RedeemAsync(string secret)
    {
        var digest = EnrollmentCode.DigestOf(secret);
        StoredEnrollment? code;
        lock (_lock)
        {
            if (!_codes.TryGetValue(digest, out code))
                return new Redemption(null);
            _codes = _codes.Remove(digest);
        }

        if (await store.DeleteAsync(digest) is { } fault)
        {
            lock (_lock)
                _codes = _codes.SetItem(digest, code);
            return new Redemption(null, fault);
        }

        return new Redemption(code.Expires > time.GetUtcNow() && IsAllowed(code.Agent) ? code.Agent : null);
    }

    private bool IsAllowed(string agent) =>
        loop.State.Resources.TunnelAgents.GetValueOrDefault(agent) is { Identity.Enrollment: true };
}
