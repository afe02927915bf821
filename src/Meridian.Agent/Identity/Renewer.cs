using System.Security.Cryptography.X509Certificates;
using Meridian.Files;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;
using Microsoft.Extensions.Logging;

namespace Meridian.Agent.Identity;

/// <summary>
/// Renews the certificate at two thirds of its life, and tries again until that succeeds: by the certificate itself, or
/// by a service-account token where there is a file with one.
/// </summary>
internal sealed class Renewer(AgentFolder folder, string? tokenFile,
    Func<IReadOnlyList<GatewayAddress>> gateways, ProxySettings? proxy, Action<LogLevel, string> log, TimeProvider time)
{
    private static readonly TimeSpan CheckInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan FirstInterval = TimeSpan.FromSeconds(5);

    private X509Certificate2? _current = folder.IsEnrolled ? folder.Certificate() : null;

    /// <summary>The certificate as it is now.</summary>
    public X509Certificate2 Current =>
        Volatile.Read(ref _current) ?? throw new InvalidOperationException("there is no certificate yet");

    private bool NeedsFirst => tokenFile is not null
        && (_current is null || _current.NotAfter < time.GetLocalNow().DateTime);

    /// <summary>Gets the first certificate by the token, where one is needed and there is none that counts.</summary>
    public async Task BeginAsync(CancellationToken cancellationToken)
    {
        while (NeedsFirst && !await RenewAsync(cancellationToken))
            await Task.Delay(FirstInterval * (0.5 + Random.Shared.NextDouble()), time, cancellationToken);
    }

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            await Task.Delay(CheckInterval, time, cancellationToken);
            if (time.GetUtcNow() >= DueAt(Current))
                await RenewAsync(cancellationToken);
        }
    }

    /// <summary>When a certificate is to be renewed.</summary>
    public static DateTimeOffset DueAt(X509Certificate2 certificate) =>
        (DateTimeOffset)certificate.NotBefore + ((certificate.NotAfter - certificate.NotBefore) * 2 / 3);

    private async Task<bool> RenewAsync(CancellationToken cancellationToken)
    {
        foreach (var gateway in gateways())
        {
            if (await RenewAsync(gateway, cancellationToken))
                return true;
        }

        return false;
    }

    private async Task<bool> RenewAsync(GatewayAddress gateway, CancellationToken cancellationToken)
    {
        try
        {
            var (status, text) = await AskAsync(gateway, cancellationToken);
            if (status != 200)
            {
                log(LogLevel.Warning, $"{gateway} gives no certificate: {text}");
                return false;
            }

            folder.Save(text);
            Volatile.Write(ref _current, folder.Certificate());
            log(LogLevel.Information, $"a certificate until {Current.NotAfter.ToUniversalTime():u}");
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            // Whatever it is (the line, a full disk, an answer that is no certificate), it is tried again.
            log(LogLevel.Warning, $"no certificate: {e.Message}");
            return false;
        }
    }

    private async Task<(int Status, string Text)> AskAsync(GatewayAddress gateway, CancellationToken cancellationToken)
    {
        var dialer = new Dialer(new DialOptions
        {
            Authority = folder.Authority,
            Certificate = () => tokenFile is null ? Current : null,
            Proxy = proxy,
        });
        if (tokenFile is null)
            return await dialer.AskAsync(gateway, TunnelTokens.RenewPath, folder.Request(), cancellationToken);

        // The token is read each time: it is replaced long before the certificate ends.
        var token = RegularFile.ReadText(tokenFile).Trim();
        return await dialer.AskAsync(gateway, TunnelTokens.TokenPath, $"{token}\n{folder.Request()}",
            cancellationToken);
    }
}
