using System.CommandLine;
using Meridian.Agent.Identity;
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
        var gateway = new Option<string>(
            "--gateway") { Description = $"The gateway's address for tunnels, HOST or HOST:PORT (port {GatewayAddress.DefaultPort})", Required = true };
        var file = new Option<string?>(
            "--code-file") { Description = $"File with the code of `meridian tunnel enroll`; otherwise ${Variable}, or the first line of standard input" };
        var folder = RootCommandFactory.Folder();
        var command = new Command("enroll",
            "Get a certificate for a one-time code. The key is made here and does not leave this host.")
            {
                gateway,
                file,
                folder,
            };
        command.SetAction((result, cancellationToken) =>
            RunAsync(result.GetRequiredValue(gateway), result.GetValue(file),
                new AgentFolder(result.GetRequiredValue(folder)), cancellationToken));
        return command;
    }

    private static async Task<int> RunAsync(string text, string? file, AgentFolder folder,
        CancellationToken cancellationToken)
    {
        try
        {
            var gateway = GatewayAddress.Parse(text);
            var code = EnrollmentCode.Parse(file is not null
                ? SecretFile.Read(file) : Environment.GetEnvironmentVariable(Variable) ?? await ReadCodeAsync())
                ?? throw new FormatException("this is no code of `meridian tunnel enroll`");
            using var authority = await Dialer.AuthorityAsync(gateway, code.Pin, RootCommandFactory.Proxy,
                cancellationToken);
            var dialer = new Dialer(new DialOptions
            {
                Authority = authority,
                Certificate = () => null,
                Proxy = RootCommandFactory.Proxy,
            });
            var (status, answer) = await dialer.AskAsync(gateway, TunnelTokens.EnrollPath,
                $"{code.Secret}\n{folder.Request()}", cancellationToken);
            if (status != 200)
                return await FailAsync(answer);
            folder.Save(authority, answer);
            if (!File.Exists(folder.File))
                await File.WriteAllTextAsync(folder.File, $"gateways: [\"{gateway}\"]\nservices: []\n",
                    cancellationToken);
            using var certificate = folder.Certificate();
            Console.WriteLine($"enrolled as {certificate.GetNameInfo(System.Security.Cryptography.X509Certificates.X509NameType.SimpleName, false)}; the certificate is renewed by itself\nnext: meridian-agent services add NAME HOST:PORT, then meridian-agent run");
            return ExitCode.Done;
        }
        catch (Exception e) when (e is DialException or FormatException or IOException or UnauthorizedAccessException)
        {
            return await FailAsync(e.Message);
        }
    }

    private static async Task<string> ReadCodeAsync()
    {
        if (!Console.IsInputRedirected)
            await Console.Error.WriteAsync("code: ");
        return await Console.In.ReadLineAsync() ?? "";
    }

    private static async Task<int> FailAsync(string message)
    {
        await Console.Error.WriteLineAsync($"meridian-agent: {message}");
        return ExitCode.Failed;
    }
}
