using System.Diagnostics;
using System.Text.Json;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Meridian.Mutation;

/// <summary>
/// One project of src/, compiled in memory with the options that its build uses. What its source generators make is
/// made once: no mutant changes the members that they read.
/// </summary>
internal sealed class Room
{
    private readonly CSharpCompilation _compilation;
    private readonly ResourceDescription[] _resources;

    private Room(CSharpCompilation compilation, ResourceDescription[] resources) =>
        (_compilation, _resources) = (compilation, resources);

    /// <summary>The name of what the project is built into, which need not be that of the project.</summary>
    public string AssemblyName => _compilation.AssemblyName!;

    public IEnumerable<SyntaxTree> Trees => _compilation.SyntaxTrees;

    /// <exception cref="InvalidOperationException">The project cannot be built.</exception>
    public static Room Load(string project)
    {
        var folder = Path.GetDirectoryName(project)!;
        var arguments = CSharpCommandLineParser.Default.Parse(CompilerArguments(project), folder, sdkDirectory: null);
        var trees = arguments.SourceFiles.Select(file => CSharpSyntaxTree.ParseText(
            SourceText.From(File.ReadAllText(file.Path), System.Text.Encoding.UTF8), arguments.ParseOptions,
            file.Path));
        var references = arguments.MetadataReferences.Select(r => MetadataReference.CreateFromFile(r.Reference));
        var bare = CSharpCompilation.Create(arguments.CompilationName, trees, references,
            arguments.CompilationOptions.WithSpecificDiagnosticOptions([]).WithGeneralDiagnosticOption(default));
        var generators = arguments.AnalyzerReferences
            .SelectMany(r => new AnalyzerFileReference(r.FilePath, new Loader()).GetGenerators(LanguageNames.CSharp));
        CSharpGeneratorDriver.Create(generators, parseOptions: arguments.ParseOptions)
            .RunGeneratorsAndUpdateCompilation(bare, out var whole, out _);
        return new Room((CSharpCompilation)whole, [.. arguments.ManifestResources]);
    }

    /// <summary>Writes the room with one node replaced (or none).</summary>
    /// <returns>False if that does not compile.</returns>
    public bool Write(Mutant? mutant, string assembly)
    {
        var compilation = _compilation;
        if (mutant is not null)
        {
            var tree = mutant.Original.SyntaxTree;
            var root = tree.GetRoot().ReplaceNode(mutant.Original, mutant.Replacement.WithTriviaFrom(mutant.Original));
            compilation = compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.Create((CSharpSyntaxNode)root,
                (CSharpParseOptions)tree.Options, tree.FilePath, System.Text.Encoding.UTF8));
        }
        File.Delete(assembly); // the copy's files are links to the build's own
        using var file = File.Create(assembly);
        return compilation.Emit(file, manifestResources: _resources).Success;
    }

    private static string[] CompilerArguments(string project)
    {
        // A file that never exists among the outputs keeps the target from being skipped as up to date.
        var start = new ProcessStartInfo("dotnet", ["msbuild", project, "-t:Compile", "-p:SkipCompilerExecution=true",
            "-p:ProvideCommandLineArgs=true", "-p:NonExistentFile=/nonexistent", "-getItem:CscCommandLineArgs"])
        {
            RedirectStandardOutput = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{project} cannot be built:\n{output}");
        }
        using var json = JsonDocument.Parse(output);
        return [.. json.RootElement.GetProperty("Items").GetProperty("CscCommandLineArgs").EnumerateArray()
            .Select(item => item.GetProperty("Identity").GetString()!)];
    }

    private sealed class Loader : IAnalyzerAssemblyLoader
    {
        public void AddDependencyLocation(string fullPath)
        {
        }

        public System.Reflection.Assembly LoadFromPath(string fullPath) =>
            System.Reflection.Assembly.LoadFrom(fullPath);
    }
}
