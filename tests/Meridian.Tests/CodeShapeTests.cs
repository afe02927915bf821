using System.Text.RegularExpressions;

namespace Meridian.Tests;

/// <summary>What the size and the names of files and types must be like. A failure lists every place.</summary>
public sealed partial class CodeShapeTests
{
    private const int MaxColumns = 120;
    private const int MaxLines = 300;
    private const int MaxUsings = 12;

    /// <summary>Files that put a room together: they name a type of every part, and decide nothing.</summary>
    private static readonly HashSet<string> Compositions =
    [
        "src/Meridian/Running/Node.cs", // the program: every room
    ];

    /// <summary>Names that more than one namespace may have, because they are plainly the same idea in each.</summary>
    private static readonly HashSet<string> SharedNames =
    [
        "CheckCommand", // `meridian check` and `meridian-agent check`
        "ExitCode", // of each program
        "Log", // the nested class of log messages
        "Node", // the running one, and the resource that says where clients reach it
        "RootCommandFactory", // of each program
        "StatusCommand", // `meridian status` and `meridian-agent status`
    ];

    [Fact]
    public void Lines_end_at_120_columns() => AssertNone(
        from file in Checkout.SourceFiles("src", "tests", "bench", "fuzz")
        from line in File.ReadLines(Path.Combine(Checkout.Root, file)).Index()
        where line.Item.Length > MaxColumns
        select $"{file}:{line.Index + 1}: {line.Item.Length} columns");

    [Fact]
    public void No_source_file_has_more_than_300_lines() => AssertNone(
        from file in Checkout.SourceFiles("src")
        let lines = File.ReadLines(Path.Combine(Checkout.Root, file)).Count()
        where lines > MaxLines
        select $"{file}: {lines} lines");

    [Fact]
    public void No_source_file_but_a_composition_uses_more_than_12_namespaces() => AssertNone(
        from file in Checkout.SourceFiles("src")
        where !Compositions.Contains(file)
        let usings = File.ReadLines(Path.Combine(Checkout.Root, file)).Count(l => Using().IsMatch(l))
        where usings > MaxUsings
        select $"{file}: {usings} usings");

    [Fact]
    public void Every_composition_is_a_file() =>
        AssertNone(Compositions.Where(f => !File.Exists(Path.Combine(Checkout.Root, f))));

    [Fact]
    public void No_type_name_stands_twice_with_two_meanings() => AssertNone(
        from declared in Declarations().Distinct().GroupBy(d => d.Name, d => d.Place)
        where !SharedNames.Contains(declared.Key) && declared.Distinct().Count() > 1
        select $"{declared.Key}: {string.Join(", ", declared.Distinct())}");

    [Fact]
    public void Every_project_has_a_project_of_tests() => AssertNone(
        from folder in Directory.EnumerateDirectories(Path.Combine(Checkout.Root, "src"))
        let name = Path.GetFileName(folder)
        where !File.Exists(Path.Combine(Checkout.Root, "tests", $"{name}.Tests", $"{name}.Tests.csproj"))
        select $"src/{name} has no tests/{name}.Tests");

    // A type is told apart by its namespace and, where it is nested, by the file that it is in.
    private static IEnumerable<(string Name, string Place)> Declarations() =>
        from file in Checkout.SourceFiles("src")
        let text = Checkout.Read(file)
        let space = Namespace().Match(text).Groups[1].Value
        from declaration in Declaration().Matches(text)
        let outer = declaration.Groups["indent"].Length == 0
        select (declaration.Groups["name"].Value,
            outer ? space : $"{space}.{Path.GetFileNameWithoutExtension(file).Split('.')[0]}");

    private static void AssertNone(IEnumerable<string> places)
    {
        var all = places.ToArray();
        Assert.True(all.Length == 0, $"{all.Length}:\n{string.Join("\n", all)}");
    }

    [GeneratedRegex(@"^using (static )?[A-Za-z]")]
    private static partial Regex Using();

    [GeneratedRegex(@"^namespace ([A-Za-z0-9_.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex("^(?<indent> *)"
        + "(?:(?:public|internal|private|protected|file|sealed|static|abstract|partial|readonly|ref|unsafe) )*"
        + @"(?:class|struct|interface|enum|record(?: class| struct)?) (?<name>[A-Z]\w*)", RegexOptions.Multiline)]
    private static partial Regex Declaration();
}
