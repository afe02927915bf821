using Etcdserverpb;
using Grpc.Core;
using Meridian.Files;

namespace Meridian.State.Etcd;

/// <summary>
/// The token that etcd gives for a user and a password. One serves all members. It is asked for anew when a member
/// refuses it: tokens end after five minutes of silence (<c>--auth-token-ttl</c>) and with a restart of the cluster.
/// </summary>
internal sealed class EtcdCredentials(EtcdOptions options)
{
    private volatile string? _token;

    /// <summary>The token, from a member where there is none; null where etcd asks for none.</summary>
    /// <exception cref="RpcException">The member gives none.</exception>
    /// <exception cref="IOException">The file of the password cannot be read.</exception>
    public async Task<string?> TokenAsync(EtcdEndpoint endpoint, CancellationToken cancellationToken)
    {
        if (options.User is null)
            return null;
        if (_token is { } known)
            return known;
        var password = options.PasswordFile is { } file ? RegularFile.ReadText(file).TrimEnd('\r', '\n') : "";
        using var call = endpoint.Clients.Auth.AuthenticateAsync(
            new AuthenticateRequest { Name = options.User, Password = password },
            cancellationToken: cancellationToken);
        var answer = await call.ResponseAsync;
        _token = answer.Token;
        return answer.Token;
    }

    /// <summary>Forgets a token that was refused.</summary>
    public void Forget(string? token)
    {
        if (_token == token)
            _token = null;
    }
}
