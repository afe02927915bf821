using Meridian.Model.Binding;
using Meridian.Operator.Crds;
using Meridian.Tests.Monitoring;

namespace Meridian.Tests;

/// <summary>
/// The reference pages are made from the code. <c>MERIDIAN_WRITE_REFERENCE=1 dotnet test</c> writes them anew.
/// </summary>
public sealed class ReferenceTests
{
    public static TheoryData<string> CrdNames => [.. CrdWriter.All.Select(c => c.Plural)];

    [Theory]
    [MemberData(nameof(CrdNames))]
    public void Custom_resource_definitions_are_current(string name) =>
        Current($"deploy/crds/{name}.yaml",
            $"# Made from the code; a test holds it current.\n"
                + $"{YamlText.Of(CrdWriter.All.Single(c => c.Plural == name).Definition)}");

    [Fact]
    public void The_list_of_custom_resource_definitions_is_current() =>
        Current("deploy/crds/kustomization.yaml",
            "# Made from the code; a test holds it current.\n"
            + "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\nresources:\n"
            + string.Concat(CrdNames.Select(n => n.Data).Order(StringComparer.Ordinal).Select(n => $"  - {n}.yaml\n")));

    [Fact]
    public void Health_checks_for_Argo_CD_are_current()
    {
        var script = File.ReadAllText(Path.Combine(Checkout.Root, "deploy/argocd/health.lua")).TrimEnd()
            .Replace("\n", "\n    ", StringComparison.Ordinal);
        var checks = Kinds.All.Select(k =>
            $"  resource.customizations.health.{CrdWriter.Group}_{k.Name}: |\n    {script}\n");
        Current("deploy/argocd/argocd-cm.yaml",
            "# Made from health.lua; a test holds it current. Merge it: kubectl -n argocd patch cm argocd-cm "
                + "--patch-file argocd-cm.yaml\n"
            + "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: argocd-cm\n  namespace: argocd\n  labels: "
            + "{app.kubernetes.io/part-of: argocd}\ndata:\n" + string.Concat(checks));
    }

    [Fact]
    public void Resources_are_current() => Current("docs/reference/resources.md", ResourcePage.Write());

    [Fact]
    public void Commands_are_current() => Current("docs/reference/commands.md", CommandPage.Write());

    [Fact]
    public void Metrics_are_current() => Current("docs/reference/metrics.md", MetricPage.Write());

    [Fact]
    public void Alerts_are_current() => Current("deploy/prometheus/meridian.rules.yaml", Alerts.Rules());

    [Fact]
    public void The_runbook_is_current() => Current("docs/runbook.md", Alerts.Runbook());

    [Theory]
    [InlineData("overview")]
    [InlineData("dns")]
    [InlineData("gateway")]
    [InlineData("tunnels")]
    [InlineData("sites")]
    public void Dashboards_are_current(string name) => Current($"deploy/grafana/{name}.json", Dashboards.Json(name));

    private static void Current(string path, string text)
    {
        var file = Path.Combine(Checkout.Root, path);
        if (Environment.GetEnvironmentVariable("MERIDIAN_WRITE_REFERENCE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, text);
        }

        Assert.True(File.Exists(file) && File.ReadAllText(file) == text,
            $"{path} is not current; run MERIDIAN_WRITE_REFERENCE=1 dotnet test");
    }
}
