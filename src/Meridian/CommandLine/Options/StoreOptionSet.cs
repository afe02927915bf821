using System.CommandLine;
using Meridian.Running;
using Meridian.State.Etcd;

namespace Meridian.CommandLine.Options;

/// <summary>The store that several nodes share, and where this one judges from.</summary>
internal sealed class StoreOptionSet : IOptionSet
{
    private readonly Option<string?> _store = Arguments.Text("--store",
        "Store that the nodes of a cluster share: etcd://HOST:2379[,HOST:2379][/CLUSTER], etcds:// for TLS, or none");

    private readonly Option<string?> _authority = Arguments.Text("--store-ca",
        "PEM file of the authorities of the store's certificates; the system's by default");

    private readonly Option<string?> _certificate = Arguments.Text("--store-cert",
        "PEM file of this node's certificate for the store");

    private readonly Option<string?> _key = Arguments.Text("--store-key", "PEM file of that certificate's key");

    private readonly Option<string?> _user = Arguments.Text("--store-user", "User of the store");

    private readonly Option<string?> _password = Arguments.Text("--store-password-file",
        "File of that user's password");

    public IEnumerable<Option> Options => [_store, _authority, _certificate, _key, _user, _password];

    public IEnumerable<Option<string?>> Secrets => [_key, _password];

    public NodeOptions Apply(NodeOptions options, ParseResult result) => options with { Store = Of(result) };

    /// <summary>The store that is given; null for none.</summary>
    /// <exception cref="StartException">What is given names none.</exception>
    public EtcdOptions? Of(ParseResult result)
    {
        if (result.GetValue(_store) is not { } text || text == "none")
        {
            return Options.Skip(1).FirstOrDefault(o => result.GetResult(o) is { Implicit: false }) is { } stray
                ? throw new StartException($"{stray.Name} is for --store etcd://…") : null;
        }

        if (!EtcdAddress.TryParse(text, out var options, out var error))
            throw new StartException($"--store: {error}");
        options = options with
        {
            AuthorityFile = result.GetValue(_authority),
            CertificateFile = result.GetValue(_certificate),
            KeyFile = result.GetValue(_key),
            User = result.GetValue(_user),
            PasswordFile = result.GetValue(_password),
        };
        if (!options.IsTls && (options.AuthorityFile ?? options.CertificateFile ?? options.KeyFile) is not null)
            throw new StartException("--store-ca, --store-cert and --store-key are for etcds://");
        return options.User is null == options.PasswordFile is null ? options
            : throw new StartException("--store-user and --store-password-file belong together");
    }
}
