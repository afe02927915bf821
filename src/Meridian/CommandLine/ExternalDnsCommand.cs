using System.CommandLine;
using System.Security.Cryptography;
using Meridian.Addresses;
using Meridian.ExternalDns;
using Meridian.Running;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Meridian.CommandLine;

/// <summary><c>meridian external-dns</c>: the webhook provider of ExternalDNS.</summary>
internal static partial class ExternalDnsCommand
{
    public static Command Create()
    {
        var servers = new Option<string[]>("--server")
        {
            Description = "Management APIs of the nodes that hold the records",
            DefaultValueFactory = _ => ["http://127.0.0.1:8053"],
            AllowMultipleArgumentsPerToken = true,
        };
        var token = Arguments.Text("--token-file",
            "File with the token for the nodes, such as a projected service-account token with the audience "
            + "`meridian`; read anew for every request");
        var authority = Arguments.Text("--ca-file",
            "PEM file with the authority of the nodes' certificates; the system's by default");
        var listen = Arguments.EndPoint("--listen", "Where ExternalDNS asks", "127.0.0.1:8888");
        var health = Arguments.EndPoint("--health", "Address of /healthz and /metrics", "0.0.0.0:8080");
        var filter = Arguments.Texts("--domain-filter", "Zones to manage; by default all that the nodes allow");
        var log = Arguments.Log();
        var command = new ExampleCommand("external-dns",
            "Run the webhook provider that ExternalDNS writes records through.",
            "meridian external-dns --server https://meridian.example.com:8053 "
            + "--token-file /var/run/secrets/meridian/token")
        {
            servers, token, authority, listen, health, filter, log,
        };
        command.SetAction(async (result, cancellationToken) =>
        {
            using var logs = Logging.Create(Arguments.LogFormatOf(result, log));
            foreach (var warning in OpenSecrets.Of(result.GetValue(token) is { } file ? [file] : []))
                LogWarning(logs.CreateLogger<Webhook>(), warning);
            try
            {
                await using var webhook = await Webhook.StartAsync(new WebhookOptions
                {
                    Servers = [.. result.GetRequiredValue(servers).Select(ServerOf)],
                    TokenFile = result.GetValue(token),
                    AuthorityFile = result.GetValue(authority),
                    EndPoint = result.GetValue(listen)!,
                    Health = result.GetValue(health)!,
                    DomainFilter = [.. result.GetValue(filter) ?? []],
                }, logs);
                await StopSignal.WaitAsync(cancellationToken);
                return ExitCode.Done;
            }
            catch (Exception e) when (e is IOException or CryptographicException)
            {
                var hint = e.InnerException is AddressInUseException
                    ? "; choose another address with --listen or --health" : "";
                throw new StartException($"the webhook provider cannot start: {e.Message.TrimEnd('.')}{hint}");
            }
        });
        return command;
    }

    [LoggerMessage(EventId = 1, Level = LogLevel.Warning, Message = "{What}")]
    private static partial void LogWarning(ILogger logger, string what);

    private static Uri ServerOf(string text) =>
        UrlText.TryParseHttp(text.EndsWith('/') ? text : text + "/", out var server)
        ? server : throw new StartException($"--server {text} is not a URL such as https://meridian.example.com:8053");
}
