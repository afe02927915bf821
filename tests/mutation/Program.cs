using System.Collections.Concurrent;
using System.CommandLine;
using System.Diagnostics;
using Meridian.Mutation;

var roomName = new Argument<string>("room") { Description = "A project of src/, as in Health." };
var files = new Option<string[]>("--files")
{
    Description = "Only files whose path below the room contains one of these.",
    AllowMultipleArgumentsPerToken = true,
};
var tests = new Option<string[]>("--tests")
{
    Description = "Only these tests, as the runner's own filter: -class NAME, -namespace NAME, -class- NAME.",
    AllowMultipleArgumentsPerToken = true,
};
var every = new Option<int>("--every") { Description = "Only every Nth mutant.", DefaultValueFactory = _ => 1 };
var offset = new Option<int>("--offset") { Description = "With --every: the first of them, from 0." };
var list = new Option<bool>("--list") { Description = "Show the mutants and run none." };
var command = new RootCommand("Changes a room's code in small ways and shows the changes that no test notices.")
{
    roomName, files, tests, every, offset, list,
};
command.SetAction(parsed => Run(parsed.GetValue(roomName)!, parsed.GetValue(files) ?? [],
    parsed.GetValue(tests) ?? [], parsed.GetValue(every), parsed.GetValue(offset), parsed.GetValue(list)));
return command.Parse(args).Invoke();

static int Run(string name, string[] files, string[] filters, int every, int offset, bool list)
{
    var root = Root();
    var project = name == "Meridian" ? name : $"Meridian.{name.Replace("Meridian.", "", StringComparison.Ordinal)}";
    var source = Path.Combine(root, "src", project);
    Build(Path.Combine(root, "tests", $"{project}.Tests"));
    var room = Room.Load(Path.Combine(source, $"{project}.csproj"));
    var mutants = room.Trees
        .Where(t => t.FilePath.StartsWith(source + "/", StringComparison.Ordinal) &&
            !t.FilePath.Contains("/obj/", StringComparison.Ordinal))
        .OrderBy(t => t.FilePath, StringComparer.Ordinal)
        .Select(t => (Tree: t, Path: Path.GetRelativePath(source, t.FilePath)))
        .Where(t => files.Length == 0 || files.Any(f => t.Path.Contains(f, StringComparison.Ordinal)))
        .SelectMany(t => Mutations.Of(t.Tree, $"{project}/{t.Path}"))
        .Where((_, i) => i % every == offset).ToArray();
    if (list)
    {
        Array.ForEach(mutants, m => Console.WriteLine($"{m.File}:{m.Line} {m.Change}"));
        return 0;
    }
    var reasons = Reasons.Read(root);
    var beds = new ConcurrentBag<TestBed>(Enumerable.Range(0, Environment.ProcessorCount)
        .Select(n => new TestBed(root, project, room.AssemblyName, n)));
    var limit = Sound(room, beds.First(), filters);
    var counts = new ConcurrentDictionary<(string File, Outcome), int>();
    var done = 0;
    var unexplained = 0;
    Parallel.ForEach(mutants, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount }, mutant =>
    {
        beds.TryTake(out var bed);
        var near = filters.Length == 0 ? Near(mutant, root) : null;
        var outcome = bed!.Try(room, mutant, near ?? filters, limit);
        if (outcome == Outcome.Survived && near is not null)
        {
            outcome = bed.Run(filters, limit);
        }
        beds.Add(bed);
        counts.AddOrUpdate((mutant.File, outcome), 1, (_, n) => n + 1);
        var explained = reasons.Contains(mutant.Row);
        if (outcome is Outcome.Survived or Outcome.TimedOut && !explained)
        {
            Console.WriteLine($"{outcome}: {mutant.File}:{mutant.Line}\n    {mutant.Change}");
            Interlocked.Increment(ref unexplained);
        }
        if (Interlocked.Increment(ref done) % 50 == 0)
        {
            Console.Error.WriteLine($"{done} of {mutants.Length}");
        }
    });
    foreach (var file in counts.Keys.Select(k => k.File).Distinct().Order(StringComparer.Ordinal))
    {
        int Count(Outcome outcome) => counts.GetValueOrDefault((file, outcome));
        Console.WriteLine($"{file}: {Count(Outcome.Killed)} killed, {Count(Outcome.TimedOut)} timed out, " +
            $"{Count(Outcome.Invalid)} invalid, {Count(Outcome.Survived)} survived");
    }
    Console.WriteLine($"{mutants.Length} mutants, {unexplained} without a reason");
    return unexplained == 0 ? 0 : 1;
}

// Tests mirror src/: those of the same folder find most, and soonest. What they let live, the others have to look at.
static string[]? Near(Mutant mutant, string root)
{
    var folder = Path.GetDirectoryName(mutant.File)!;
    var (project, below) = folder.Split('/', 2) is [var first, var rest] ? (first, rest) : (folder, "");
    return below != "" && Directory.Exists(Path.Combine(root, "tests", $"{project}.Tests", below))
        ? ["-namespace", $"{project}.Tests.{below.Replace('/', '.')}"]
        : null;
}

// What is not changed must pass, and says how long the tests of a mutant may take.
static TimeSpan Sound(Room room, TestBed bed, string[] filters)
{
    var watch = Stopwatch.StartNew();
    var outcome = bed.Try(room, null, filters, TimeSpan.FromMinutes(10));
    if (outcome != Outcome.Survived)
    {
        throw new InvalidOperationException($"the tests do not pass on the unchanged room: {outcome}");
    }
    if (bed.MeetsNone)
    {
        throw new InvalidOperationException("no test passes these filters: every mutant would survive");
    }
    Console.Error.WriteLine($"one run of the tests takes {watch.Elapsed.TotalSeconds:F1} s");
    return (watch.Elapsed * 5) + TimeSpan.FromSeconds(10);
}

static void Build(string tests)
{
    using var build = Process.Start("dotnet", ["build", tests, "-v", "q", "-nologo"]);
    build.WaitForExit();
    if (build.ExitCode != 0)
    {
        throw new InvalidOperationException($"{tests} cannot be built");
    }
}

static string Root()
{
    var folder = AppContext.BaseDirectory;
    while (!File.Exists(Path.Combine(folder, "Meridian.slnx")))
    {
        folder = Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("run it in a checkout");
    }
    return folder;
}
