using System.CommandLine;
using Meridian.Running;

namespace Meridian.CommandLine.Options;

/// <summary>Where the resources are read from: files, and a cluster.</summary>
internal sealed class SourceOptionSet : IOptionSet
{
    private readonly Option<string[]> _config = Arguments.Texts("--config", "YAML files, or folders of them");

    private readonly Option<bool> _allowEmpty = Arguments.AllowEmpty();

    private readonly Option<bool> _kubernetes = new("--kubernetes")
    {
        Description = "Read resources from a Kubernetes cluster, beside --config or in its place: the one that this "
            + "runs in, or that of --kubeconfig",
    };

    private readonly Option<string?> _kubeconfig =
        Arguments.Text("--kubeconfig", "Kubeconfig file of the cluster for --kubernetes");

    private readonly Option<string?> _context =
        Arguments.Text("--kube-context", "Context of the kubeconfig; its current one by default");

    private readonly Option<string?> _namespace =
        Arguments.Text("--namespace", "Namespace that resources are read from; all by default");

    public IEnumerable<Option> Options => [_config, _allowEmpty, _kubernetes, _kubeconfig, _context, _namespace];

    public NodeOptions Apply(NodeOptions options, ParseResult result) => options with
    {
        Configuration = [.. result.GetValue(_config) ?? []],
        AllowEmpty = result.GetValue(_allowEmpty),
        Kubernetes = KubernetesOf(result),
    };

    private KubernetesOptions? KubernetesOf(ParseResult result)
    {
        var kubeconfig = result.GetValue(_kubeconfig);
        if (result.GetValue(_kubernetes))
            return new KubernetesOptions(kubeconfig, result.GetValue(_context), result.GetValue(_namespace));
        if (kubeconfig is not null)
            throw new StartException("--kubeconfig is for --kubernetes; to read addresses in a cluster from a file, "
                + "write a Cluster with `access.file`");
        return null;
    }
}
