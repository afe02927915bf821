using System.Text;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;

namespace Meridian.Dns.Tests.Peers;

/// <summary>
/// Zone files of 400 kinds, read by Meridian and by the checkers of BIND, Knot and NSD. What they do not agree on
/// stands with its reason in <c>docs/zone-files.md</c>, and nothing else stands there.
/// </summary>
public sealed class ZoneFileTests
{
    private static readonly (string Program, string[] VersionArguments, string Version)[] Checkers =
    [
        ("named-checkzone", ["-v"], "9.18."),
        ("kzonecheck", ["-V"], "version 3.2."),
        ("nsd-checkzone", ["-h"], "Version 4.6."),
    ];

    private static string Page => File.ReadAllText(Path.Combine(Checkout.Root, "docs", "zone-files.md"));

    [Fact]
    public void There_are_400_kinds_and_more()
    {
        var kinds = ZoneFileCases.All().Select(c => c.Kind).ToArray();

        Assert.True(kinds.Length >= 400, $"there are {kinds.Length}");
        Assert.Equal(kinds.Length, kinds.Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public async Task Every_difference_from_BIND_Knot_and_NSD_has_its_reason()
    {
        await SkipWithoutCheckersAsync();
        var verdicts = new string[ZoneFileCases.All().Count()];
        await Parallel.ForEachAsync(ZoneFileCases.All().Index(), Options, async (item, _) =>
            verdicts[item.Index] = await VerdictsAsync(item.Item));

        var table = Rows(Page, "| kind | BIND | Knot | NSD | Meridian | why |");
        AssertSame(verdicts.Where(v => v.Split(" | ")[1..].Distinct().Count() > 1), table);
    }

    [Fact]
    public async Task What_BIND_and_Meridian_both_read_they_read_alike()
    {
        await SkipWithoutCheckersAsync();
        var others = new string?[ZoneFileCases.All().Count()];
        await Parallel.ForEachAsync(ZoneFileCases.All().Index(), Options, async (item, _) =>
            others[item.Index] = await ReadsOtherwiseAsync(item.Item) ? item.Item.Kind : null);

        AssertSame(others.OfType<string>(), Rows(Page, "| kind | what is otherwise |"));
    }

    private static ParallelOptions Options => new() { MaxDegreeOfParallelism = 4 };

    private static async Task SkipWithoutCheckersAsync()
    {
        foreach (var (program, arguments, version) in Checkers)
        {
            Assert.SkipUnless(Run.Has(program), $"{program} is not installed");
            var run = await Run.ProgramAsync(Run.Find(program)!, arguments);
            var said = run.Output + run.Error;
            Assert.SkipUnless(said.Contains(version, StringComparison.Ordinal),
                $"docs/zone-files.md is about {program} {version}x; installed is another");
        }
    }

    private static async Task<string> VerdictsAsync(ZoneFileCase one)
    {
        using var folder = new TestFolder();
        var file = Write(folder, one);
        var bind = await Run.ProgramAsync(Run.Find("named-checkzone")!, "-i", "local", "-w", folder.Path, one.Origin,
            file);
        var knot = await Run.ProgramAsync(Run.Find("kzonecheck")!, "-o", one.Origin, file);
        var nsd = await Run.ProgramAsync(Run.Find("nsd-checkzone")!, one.Origin, file);
        return string.Join(" | ", new[] { bind, knot, nsd }.Select(r => Word(r.ExitCode == 0))
            .Prepend(one.Kind).Append(Word(Read(one, one.Text) is not null)));
    }

    // BIND writes what it has read; read from there it must be the same.
    private static async Task<bool> ReadsOtherwiseAsync(ZoneFileCase one)
    {
        using var folder = new TestFolder();
        var file = Write(folder, one);
        var copy = Path.Combine(folder.Path, "copy");
        var bind = await Run.ProgramAsync(Run.Find("named-checkzone")!, "-q", "-i", "local", "-D", "-s", "full", "-o",
            copy,
            one.Origin, file);
        if (bind.ExitCode != 0 || Read(one, one.Text) is not { } own)
            return false;
        var again = Read(one, MasterFile.TextOf(await File.ReadAllBytesAsync(copy)));
        return again is null || !Lines(own).SequenceEqual(Lines(again), StringComparer.Ordinal);
    }

    private static string Write(TestFolder folder, ZoneFileCase one)
    {
        var file = Path.Combine(folder.Path, "zone");
        File.WriteAllBytes(file, Encoding.Latin1.GetBytes(one.Text));
        return file;
    }

    private static AuthoritativeZone? Read(ZoneFileCase one, string text)
    {
        var origin = DnsName.Parse(one.Origin);
        text = MasterFile.TextOf(Encoding.Latin1.GetBytes(text));
        var content = MasterFile.Read("zone", text, origin, path => path == "zone" ? text : null);
        var builder = new ZoneBuilder(origin);
        foreach (var record in content.Records)
            builder.Add(record);
        return content.Faults.IsEmpty ? builder.Build(out _) : null;
    }

    private static IEnumerable<string> Lines(AuthoritativeZone zone) =>
        zone.Nodes.SelectMany(n => n.Sets).SelectMany(s => s.Data.Select(d =>
            $"{Convert.ToHexString(s.Owner.Canonical)} {s.Ttl} {s.Type} "
            + Convert.ToHexString(CanonicalData.Of(s.Type, d)))).Order(StringComparer.Ordinal);

    private static string Word(bool reads) => reads ? "reads" : "refuses";

    // The rows of a table without their last cell, which is for people and must not be empty.
    private static List<string> Rows(string page, string head)
    {
        var rows = page.Split('\n').SkipWhile(l => l != head).Skip(2).TakeWhile(l => l.StartsWith('|')).ToArray();
        Assert.True(page.Contains(head, StringComparison.Ordinal), $"docs/zone-files.md has no table `{head}`");
        Assert.All(rows, r => Assert.NotEmpty(r.Split(" | ")[^1].Trim(' ', '|')));
        return [.. rows.Select(r => string.Join(" | ", r[2..].Split(" | ")[..^1]))];
    }

    private static void AssertSame(IEnumerable<string> found, List<string> written)
    {
        var all = found.ToArray();
        Assert.True(all.Order(StringComparer.Ordinal).SequenceEqual(written.Order(StringComparer.Ordinal)),
            $"found and not in docs/zone-files.md:\n{string.Join('\n', all.Except(written))}\n"
            + $"there and not found:\n{string.Join('\n', written.Except(all))}");
    }
}
