using System.Text.RegularExpressions;
using System.Xml.Linq;

namespace Meridian.Tests;

/// <summary>Rules of the house that a reader should be able to rely on.</summary>
public sealed partial class HouseRuleTests
{
    [Fact]
    public void Projects_use_only_the_projects_that_the_architecture_allows()
    {
        var allowed = Rooms().ToDictionary(r => r.Project, r => r.Uses);
        foreach (var project in Directory.EnumerateFiles(Path.Combine(Checkout.Root, "src"), "*.csproj",
            SearchOption.AllDirectories))
        {
            var name = Path.GetFileNameWithoutExtension(project);
            Assert.True(allowed.ContainsKey(name), $"{name} is not in the table of docs/ARCHITECTURE.md");
            var uses = XDocument.Load(project).Descendants("ProjectReference")
                .Select(r => Path.GetFileNameWithoutExtension(r.Attribute("Include")!.Value.Replace('\\', '/')));
            Assert.All(uses, u => Assert.True(allowed[name].Contains(u), $"{name} must not use {u}"));
        }
    }

    [Fact]
    public void Every_room_of_the_table_exists() =>
        Assert.All(Rooms(), r =>
            Assert.True(File.Exists(Path.Combine(Checkout.Root, "src", r.Project, $"{r.Project}.csproj")),
                r.Project));

    [Fact]
    public void Time_comes_from_a_TimeProvider()
    {
        // The framework gives a certificate's dates as local times.
        var exempt = "src/Meridian.Health/Probes/Certificate";
        Assert.All(Checkout.SourceFiles("src").Where(f => !f.StartsWith(exempt, StringComparison.Ordinal)), f =>
            Assert.False(DirectClock().IsMatch(Checkout.Read(f)), f));
    }

    [Fact]
    public void Every_dependency_has_its_reason()
    {
        var page = Checkout.Read("docs/dependencies.md");
        var packages = XDocument.Load(Path.Combine(Checkout.Root, "Directory.Packages.props"))
            .Descendants("PackageVersion");
        Assert.All(packages, p =>
            Assert.Contains($"| {p.Attribute("Include")!.Value} | {p.Attribute("Version")!.Value} |", page));
    }

    [Fact]
    public void Types_are_named_as_their_files()
    {
        foreach (var file in Checkout.SourceFiles("src")
            .Where(f => !f.EndsWith("Program.cs", StringComparison.Ordinal)))
        {
            var type = Path.GetFileNameWithoutExtension(file).Split('.')[0];
            Assert.True(Regex.IsMatch(Checkout.Read(file),
                $@"\b(class|record|struct|interface|enum|delegate .*)\s+(struct\s+)?{type}\b"), file);
        }
    }

    [Fact]
    public void Links_in_the_documentation_lead_somewhere()
    {
        var pages = Directory.EnumerateFiles(Checkout.Root, "*.md")
            .Concat(Directory.EnumerateFiles(Path.Combine(Checkout.Root, "docs"), "*.md",
                SearchOption.AllDirectories));
        foreach (var page in pages)
        {
            foreach (Match link in Link().Matches(File.ReadAllText(page)))
            {
                var target = link.Groups[1].Value.Split('#')[0];
                if (target.Length > 0 && !target.Contains("://", StringComparison.Ordinal))
                    Assert.True(Path.Exists(Path.Combine(Path.GetDirectoryName(page)!, target)), $"{page}: {target}");
            }
        }
    }

    [Fact]
    public void Tests_that_the_page_of_RFCs_names_are_there()
    {
        var sources = Checkout.SourceFiles("tests").Where(f => f.EndsWith("Tests.cs", StringComparison.Ordinal))
            .ToLookup(f => Path.GetFileNameWithoutExtension(f), Checkout.Read);
        var named = NamedTest().Matches(Checkout.Read("docs/reference/rfcs.md"));
        Assert.NotEmpty(named);

        // Classes of the same name may test types of different projects; one of them has the test.
        Assert.All(named, m => Assert.Contains(sources[m.Groups[1].Value],
            text => text.Contains($" {m.Groups[2].Value}(", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_flows_are_each_read_in_at_most_seven_files_that_there_are()
    {
        var files = Checkout.SourceFiles("src").Select(Path.GetFileName).ToHashSet();
        var flows = ReadingOrder().Matches(Checkout.Read("docs/ARCHITECTURE.md"))
            .Select(m => FileName().Matches(m.Value).Select(f => f.Groups[1].Value).ToArray()).ToArray();

        Assert.Equal(5, flows.Length);
        Assert.All(flows, flow => Assert.InRange(flow.Length, 2, 7));
        Assert.All(flows.SelectMany(f => f), file => Assert.Contains(file, files));
    }

    [GeneratedRegex("^To read it in order: .*$", RegexOptions.Multiline)]
    private static partial Regex ReadingOrder();

    [GeneratedRegex(@"`([A-Za-z.]+\.cs)`")]
    private static partial Regex FileName();

    private static IEnumerable<(string Project, string[] Uses)> Rooms() =>
        Room().Matches(Checkout.Read("docs/ARCHITECTURE.md"))
        .Select(m => (m.Groups[1].Value,
            m.Groups[2].Value.Trim() == "–"
            ? [] : m.Groups[2].Value.Split(',').Select(u => $"Meridian.{u.Trim()}").ToArray()));

    [GeneratedRegex(@"^\| `src/([A-Za-z.]+)` \|[^|]*\| ([^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Room();

    [GeneratedRegex(@"\bDateTime(Offset)?\.(Utc)?Now\b|\bStopwatch\.StartNew\b")]
    private static partial Regex DirectClock();

    [GeneratedRegex(@"`([A-Za-z]+Tests)\.([A-Za-z0-9_]+)`")]
    private static partial Regex NamedTest();

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();
}
