namespace Meridian.Tests;

/// <summary>The reference pages are made from the code. <c>MERIDIAN_WRITE_REFERENCE=1 dotnet test</c> writes them anew.</summary>
public sealed class ReferenceTests
{
    [Fact]
    public void Resources_are_current() => Current("docs/reference/resources.md", ResourcePage.Write());

    [Fact]
    public void Commands_are_current() => Current("docs/reference/commands.md", CommandPage.Write());

    [Fact]
    public void Metrics_are_current() => Current("docs/reference/metrics.md", MetricPage.Write());

    private static void Current(string path, string text)
    {
        var file = Path.Combine(Repository.Root, path);
        if (Environment.GetEnvironmentVariable("MERIDIAN_WRITE_REFERENCE") == "1")
            File.WriteAllText(file, text);
        Assert.True(File.Exists(file) && File.ReadAllText(file) == text, $"{path} is not current; run MERIDIAN_WRITE_REFERENCE=1 dotnet test");
    }
}
