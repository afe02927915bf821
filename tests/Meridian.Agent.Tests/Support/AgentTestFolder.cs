using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using Meridian.Agent.Commands;
using Meridian.Agent.Identity;
using Meridian.Tunnel.Identity;

namespace Meridian.Agent.Tests.Support;

/// <summary>An agent's folder, and commands that are run with it in this process.</summary>
internal sealed class AgentTestFolder : IDisposable
{
    private readonly TestFolder _folder = new();

    public AgentFolder Folder => new(_folder.Path);

    public string At(string name) => _folder.File(name);

    /// <summary>Writes the agent's own file.</summary>
    public void Write(string text) => File.WriteAllText(Folder.File, text);

    /// <summary>Writes a program, which is a script of the shell.</summary>
    public string Program(string name, string script)
    {
        var path = _folder.Write(name, $"#!/bin/sh\n{script}\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }

    /// <summary>Enrols the agent with an authority of its own, at a time.</summary>
    public X509Certificate2 Enroll(TimeProvider time)
    {
        using var authority = CertificateAuthority.Open(At("authority"), time);
        var certificate = authority.IssueAgent("hanoi", Folder.Request());
        Folder.Trust(X509Certificate2.CreateFromPem(authority.Pem));
        Folder.Save(certificate);
        return Folder.Certificate();
    }

    /// <summary>Runs a command with this folder.</summary>
    public async Task<(int ExitCode, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var (output, error) = (new StringWriter(), new StringWriter());
        var exitCode = await RootCommandFactory.RunAsync([.. arguments, "--state", _folder.Path],
            new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null });
        return (exitCode, output.ToString(), error.ToString());
    }

    public void Dispose() => _folder.Dispose();
}
