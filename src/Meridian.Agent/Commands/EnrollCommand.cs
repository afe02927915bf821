using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Meridian.Agent.Identity;
using Meridian.Files;
using Meridian.Tunnel.Identity;
using Meridian.Tunnel.Sites;
using Meridian.Tunnel.Wire;

namespace Meridian.Agent.Commands;

/// <summary><c>meridian-agent enroll</c>: a one-time code becomes a certificate.</summary>
internal static class EnrollCommand
{
    private const string Variable = "MERIDIAN_ENROLLMENT_CODE";

    public static Command Create()
    {
        var gateway = new Option<string>("--gateway")
        {
            Description = "The gateway's address for tunnels, HOST or HOST:PORT "
                + $"(port {GatewayAddress.DefaultPort})",
            Required = true,
        };
        var file = new Option<string?>("--code-file")
        {
            Description = $"File with the code of `meridian tunnel enroll`; otherwise ${Variable}, "
                + "or the first line of standard input",
        };
        var folder = RootCommandFactory.Folder();
        var output = RootCommandFactory.Output();
        var command = new Command("enroll",
            "Get a certificate for a one-time code. The key is made here and does not leave this host.")
        {
            gateway,
            file,
            folder,
            output,
        };
        command.SetAction((result, cancellationToken) =>
            RunAsync(result.GetRequiredValue(gateway), result.GetValue(file),
                new AgentFolder(result.GetRequiredValue(folder)), result.GetRequiredValue(output) == "json",
                result.InvocationConfiguration, cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string text, string? file, AgentFolder folder, bool json,
        InvocationConfiguration console, CancellationToken cancellationToken)
    {
        try
        {
            var gateway = GatewayAddress.Parse(text);
            var code = EnrollmentCode.Parse(await ReadCodeAsync(file, console))
                ?? throw new FormatException("this is no code of `meridian tunnel enroll`");
            var (authority, refusal) = await EnrollAsync(gateway, code, folder, cancellationToken);
            using (authority)
            {
                if (refusal is not null)
                    return await FailAsync(refusal, console);
            }

            if (!File.Exists(folder.File))
                NewFile.Replace(folder.File, $"gateways: [\"{gateway}\"]\nservices: []\n", NewFile.ForAll);
            using var certificate = folder.Certificate();
            await console.Output.WriteLineAsync(TextOf(certificate, folder, json));
            return ExitCode.Done;
        }
        catch (Exception e) when (e is DialException or FormatException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(e.Message, console);
        }
    }

    private static string TextOf(X509Certificate2 certificate, AgentFolder folder, bool json)
    {
        var name = certificate.GetNameInfo(X509NameType.SimpleName, false);
        return json
            ? JsonSerializer.Serialize(new EnrollDocument(name, certificate.NotAfter.ToUniversalTime(), folder.File),
                AgentJson.Default.EnrollDocument)
            : $"enrolled as {name}; the certificate is renewed by itself\n"
                + $"next: `{folder.CommandText("services add NAME HOST:PORT")}`, then `{folder.CommandText("run")}`";
    }

    // Keeps the certificate, or returns why the gateway gave none.
    private static async Task<(X509Certificate2 Authority, string? Refusal)> EnrollAsync(GatewayAddress gateway,
        EnrollmentCode code, AgentFolder folder, CancellationToken cancellationToken)
    {
        var proxy = RootCommandFactory.Proxy;
        var authority = await Dialer.AuthorityAsync(gateway, code.Pin, proxy, cancellationToken);
        var dialer = new Dialer(new DialOptions
        {
            Authority = authority,
            Certificate = () => null,
            Proxy = proxy,
        });
        var (status, answer) = await dialer.AskAsync(gateway, TunnelTokens.EnrollPath,
            $"{code.Secret}\n{folder.Request()}", cancellationToken);
        if (status != 200)
            return (authority, answer);
        folder.Trust(authority);
        folder.Save(answer);
        return (authority, null);
    }

    private static async Task<string> ReadCodeAsync(string? file, InvocationConfiguration console)
    {
        if (file is not null)
            return SecretFile.Read(file);
        if (Environment.GetEnvironmentVariable(Variable) is { } code)
            return code;
        if (!Console.IsInputRedirected)
            await console.Error.WriteAsync("code: ");
        return await Console.In.ReadLineAsync() ?? "";
    }

    private static async Task<int> FailAsync(string message, InvocationConfiguration console)
    {
        await console.Error.WriteLineAsync(ErrorLine.Of(message));
        return ExitCode.Failed;
    }
}
