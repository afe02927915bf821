using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Meridian.State.Etcd;
using Meridian.State.Shared;
using Meridian.State.Tests.Etcd.Support;
using Meridian.State.Tests.Support;
using Meridian.Testing.Etcd;

namespace Meridian.State.Tests.Etcd;

/// <summary>TLS with certificates of both sides, and users with passwords.</summary>
public sealed class EtcdSecurityTests : EtcdTest
{
    private readonly TestFolder _folder = new();

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _folder.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Members_and_nodes_prove_themselves_by_certificates()
    {
        var member = await StartSecureAsync();
        var options = Secure(member);

        var node = await StartNodeAsync(options);
        await CommitAsync(node, "k", "1");
        await node.UntilAsync("k", "1");

        var stranger = Launch(options with { CertificateFile = null });
        var deceived = Launch(options with { AuthorityFile = null });
        await Wait.UntilAsync(() => Tried(stranger) && Tried(deceived), () => $"{stranger}; {deceived}");
        Assert.False(stranger.Store.IsAttached);
        Assert.False(deceived.Store.IsAttached);
        Assert.Contains("certificate", deceived.Store.Trouble, StringComparison.Ordinal);

        static bool Tried(StoreRecorder one) =>
            one.Store.Trouble?.StartsWith("etcd at localhost", StringComparison.Ordinal) == true;
    }

    [Fact]
    public async Task A_renewed_certificate_is_taken_with_the_next_connection()
    {
        var member = await StartSecureAsync();
        var good = File.ReadAllText(_folder.File("node.pem"));
        using var foreign = TestCertificate.Create("node");
        _folder.Write("node.pem", foreign.Pem());
        var node = Launch(Secure(member));
        await Wait.UntilAsync(() => node.Store.Trouble?.Contains("localhost", StringComparison.Ordinal) == true,
            node.ToString);
        Assert.False(node.Store.IsAttached);

        _folder.Write("node.pem", good);

        await node.UntilAttachedAsync();
    }

    [Fact]
    public void Files_of_TLS_that_cannot_be_used_are_refused_at_once()
    {
        var options = new EtcdOptions { Endpoints = ["localhost:2379"], IsTls = true };
        var empty = _folder.Write("empty.pem", "");

        Assert.ThrowsAny<IOException>(() =>
            new EtcdStore(options with { AuthorityFile = _folder.File("none.pem") }, TimeProvider.System));
        Assert.ThrowsAny<CryptographicException>(() =>
            new EtcdStore(options with { AuthorityFile = empty }, TimeProvider.System));
        Assert.ThrowsAny<CryptographicException>(() =>
            new EtcdStore(options with { CertificateFile = empty }, TimeProvider.System));
    }

    [Fact]
    public async Task A_user_with_a_password_is_let_in_and_its_token_is_renewed()
    {
        var member = await StartMemberAsync();
        await EnableUsersAsync(member);
        var password = _folder.Write("password", "wrong\n");
        var node = Launch(new EtcdOptions { Endpoints = [member.Address], User = "node", PasswordFile = password });
        await Wait.UntilAsync(() => node.Store.Trouble?.Contains("authentication failed", StringComparison.Ordinal)
            == true, node.ToString);

        _folder.Write("password", "secret\n");
        await node.UntilAttachedAsync();
        await CommitAsync(node, "k", "1", leased: true);
        await node.UntilAsync("k", "1");

        await member.KillAsync(); // a simple token ends with the process
        await member.StartAsync();
        await Wait.UntilAsync(async () =>
            await PutAsync(node, "k", "2", leased: true) is SharedOutcome.Committed,
            node.ToString);
        await node.UntilAsync("k", "2");
        await node.UntilAttachedAsync();
    }

    [Fact]
    public async Task What_a_user_may_not_write_is_refused_with_the_reason()
    {
        var member = await StartMemberAsync();
        await EnableUsersAsync(member, "read");
        var password = _folder.Write("password", "secret");
        var node = await StartNodeAsync(
            new EtcdOptions { Endpoints = [member.Address], User = "node", PasswordFile = password });

        var outcome = await PutAsync(node, "k", "1");

        Assert.StartsWith("nothing was written: ",
            Assert.IsType<SharedOutcome.Unavailable>(outcome).Reason, StringComparison.Ordinal);
        Assert.Contains("permission denied", $"{outcome}", StringComparison.Ordinal);
    }

    private static async Task EnableUsersAsync(EtcdMember member, string permission = "readwrite")
    {
        await member.ControlAsync("user", "add", "root:root");
        await member.ControlAsync("user", "grant-role", "root", "root");
        await member.ControlAsync("role", "add", "meridian");
        await member.ControlAsync("role", "grant-permission", "meridian", "--prefix=true", permission, Prefix);
        await member.ControlAsync("user", "add", "node:secret");
        await member.ControlAsync("user", "grant-role", "node", "meridian");
        await member.ControlAsync("auth", "enable");
        member.ClientOptions = ["--user", "root:root"];
    }

    private EtcdOptions Secure(EtcdMember member) => new()
    {
        Endpoints = [$"localhost:{member.ClientPort}"],
        IsTls = true,
        AuthorityFile = _folder.File("authority.pem"),
        CertificateFile = _folder.File("node.pem"),
    };

    private async Task<EtcdMember> StartSecureAsync()
    {
        using var authority = TestCertificate.Create("authority", isAuthority: true);
        using var server = TestCertificate.Issue("localhost", authority);
        using var client = TestCertificate.Issue("node", authority);
        var files = new[]
        {
            _folder.Write("authority.pem", authority.ExportCertificatePem()),
            _folder.Write("server.pem", server.ExportCertificatePem()),
            _folder.Write("server.key", Key(server)),
            _folder.Write("client.pem", client.ExportCertificatePem()),
            _folder.Write("client.key", Key(client)),
        };
        _folder.Write("node.pem", client.Pem());
        var member = Keep(new EtcdMember
        {
            Scheme = "https",
            Options =
            [
                "--trusted-ca-file", files[0], "--cert-file", files[1], "--key-file", files[2], "--client-cert-auth",
            ],
            ClientOptions = ["--cacert", files[0], "--cert", files[3], "--key", files[4]],
        });
        await member.StartAsync();
        return member;
    }

    private static string Key(X509Certificate2 certificate)
    {
        using var key = certificate.GetECDsaPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }
}
