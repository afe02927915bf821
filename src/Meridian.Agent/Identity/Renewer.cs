using System.Security.Cryptography.X509Certificates;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Identity;

/// <summary>Has the certificate renewed at two thirds of its life, and tries again until it is.</summary>
internal sealed class Renewer(AgentFolder folder, Func<IReadOnlyList<GatewayAddress>> gateways, Uri? proxy, Action<string> log, TimeProvider time)
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(30);

    private X509Certificate2 _current = folder.Certificate();

    /// <summary>The certificate as it is now.</summary>
    public X509Certificate2 Current => Volatile.Read(ref _current);

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(Look, time, cancellationToken);
            if (time.GetUtcNow() < DueAt(Current))
                continue;
            foreach (var gateway in gateways())
            {
                if (await RenewAsync(gateway, cancellationToken))
                    break;
            }
        }
    }

    /// <summary>When a certificate is to be renewed.</summary>
    public static DateTimeOffset DueAt(X509Certificate2 certificate) =>
        (DateTimeOffset)certificate.NotBefore + ((certificate.NotAfter - certificate.NotBefore) * 2 / 3);

    private async Task<bool> RenewAsync(GatewayAddress gateway, CancellationToken cancellationToken)
    {
        try
        {
            var dialer = new Dialer(new DialOptions { Authority = folder.Authority, Certificate = () => Current, Proxy = proxy }, time);
            var (status, text) = await dialer.AskAsync(gateway, TunnelTokens.RenewPath, folder.Request(), cancellationToken);
            if (status != 200)
            {
                log($"the certificate is not renewed by {gateway}: {text}");
                return false;
            }

            folder.Save(folder.Authority, text);
            Volatile.Write(ref _current, folder.Certificate());
            log($"the certificate is renewed until {Current.NotAfter.ToUniversalTime():u}");
            return true;
        }
        catch (DialException e)
        {
            log($"the certificate is not renewed: {e.Message}");
            return false;
        }
    }
}
