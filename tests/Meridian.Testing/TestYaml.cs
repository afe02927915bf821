using Meridian.Model;

namespace Meridian.Testing;

/// <summary>Configurations as tests write them: one document after another.</summary>
public static class TestYaml
{
    public const string Header = "apiVersion: meridian.dev/v1alpha1\n";

    /// <summary>The zone <c>example.org</c>.</summary>
    public static readonly string Zone =
        Part("Zone", "z", "{origin: example.org, nameServers: [{name: ns.example.net}]}");

    /// <summary>One document.</summary>
    /// <param name="kind">Its kind.</param>
    /// <param name="name">Its name.</param>
    /// <param name="spec">Its specification in flow style, such as <c>{tcp: {port: 80}}</c>.</param>
    public static string Document(string kind, string name, string spec) =>
        $"{Header}kind: {kind}\nmetadata: {{name: {name}}}\nspec: {spec}\n";

    /// <summary>One document, and the line that divides it from the next.</summary>
    public static string Part(string kind, string name, string spec) => $"{Document(kind, name, spec)}---\n";

    /// <summary>The resources of a configuration that must be sound.</summary>
    /// <exception cref="ArgumentException">The configuration has faults; the message lists them.</exception>
    public static ResourceSet Read(string text)
    {
        var configuration = ConfigurationReader.ReadText("test.yaml", text);
        return configuration.IsSound
            ? configuration.Resources
            : throw new ArgumentException(string.Join("\n", configuration.Faults), nameof(text));
    }
}
