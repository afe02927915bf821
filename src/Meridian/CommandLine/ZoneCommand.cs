using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json;
using Meridian.Addresses;
using Meridian.Api;
using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Files;
using Meridian.NameServer;
using Meridian.Running;

namespace Meridian.CommandLine;

/// <summary><c>meridian zone keys</c>: the keys that zones are signed with.</summary>
internal static class ZoneCommand
{
    public static Command Create() => new("zone", "Keys of signed zones.")
    {
        new Command("keys", "Make, show and roll the keys that a zone is signed with.")
        {
            CreateKey(), List(), Ds(), Roll(), Retire(),
        },
    };

    private static ExampleCommand CreateKey()
    {
        var (zone, folder, role, output) = (Zone(), Folder(), Role("csk"), Arguments.Output());
        var algorithm = new Option<string>("--algorithm")
        {
            Description = "ecdsap256sha256 (13) or ed25519 (15)",
            DefaultValueFactory = _ => "ecdsap256sha256",
        }.AcceptOnlyFromAmong("ecdsap256sha256", "ed25519");
        var command = new ExampleCommand("create", "Make a key and print the DS record for the parent.",
            "meridian zone keys create ai.example.com --folder keys")
        {
            zone, folder, role, algorithm, output,
        };
        command.SetAction(result => Run(() =>
        {
            var name = result.GetRequiredValue(zone);
            NewFile.MakeFolder(result.GetRequiredValue(folder));
            var key = SigningKey.Create(name, EnumText.Parse<KeyRole>(result.GetRequiredValue(role)),
                KeyTimes.From(TimeProvider.System.GetUtcNow()),
                result.GetRequiredValue(algorithm) == "ed25519" ? Ed25519Key.Number : EcdsaKey.Number);
            Print([Saved(key, result.GetRequiredValue(folder))], result.GetRequiredValue(output));
            return ExitCode.Done;
        }));
        return command;
    }

    private static ExampleCommand List()
    {
        var (zone, folder, output) = (Zone(), Folder(), Arguments.Output());
        var command = new ExampleCommand("list", "Show the keys, what each does now, and when that changes.",
            "meridian zone keys list ai.example.com --folder keys")
        {
            zone, folder, output,
        };
        command.SetAction(result => Run(() =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var keys = Read(result.GetRequiredValue(zone), result.GetRequiredValue(folder))
                .Select(k => KeyDocument.Of(k, now)).ToArray();
            if (result.GetRequiredValue(output) == "json")
                Console.WriteLine(JsonSerializer.Serialize(keys, ApiJson.Options));
            else if (keys.Length == 0)
                Console.WriteLine("no keys");
            else
                Console.WriteLine(string.Join('\n', keys.Select(k => k.Line(now))));
            return ExitCode.Done;
        }));
        return command;
    }

    private static ExampleCommand Ds()
    {
        var (zone, folder, output) = (Zone(), Folder(), Arguments.Output());
        var command = new ExampleCommand("ds", "Print the DS records for the parent zone.",
            "meridian zone keys ds ai.example.com --folder keys") { zone, folder, output };
        command.SetAction(result => Run(() =>
        {
            var now = TimeProvider.System.GetUtcNow();
            Print([.. Read(result.GetRequiredValue(zone), result.GetRequiredValue(folder))
                .Where(k => k.SignsKeys && k.Times.IsPublished(now) && !(now >= k.Times.Retire))
                .Select(k => KeyDocument.Of(k, now))], result.GetRequiredValue(output));
            return ExitCode.Done;
        }));
        return command;
    }

    private static ExampleCommand Roll()
    {
        var (zone, folder, role) = (Zone(), Folder(), Role("zsk"));
        var propagation = Arguments.Duration("--propagation",
            "Until a change is on every secondary and in every cache", "2h");
        var (maxTtl, output) = (MaxTtl(), Arguments.Output());
        var command = new ExampleCommand("roll",
            "Bring in a new key: a ZSK takes over by itself, a KSK or CSK when the parent has its DS and the old one "
            + "is retired.",
            "meridian zone keys roll ai.example.com --folder keys --role zsk")
        {
            zone, folder, role, propagation, maxTtl, output,
        };
        command.SetAction(result => Run(() =>
        {
            var newRole = EnumText.Parse<KeyRole>(result.GetRequiredValue(role));
            var place = result.GetRequiredValue(folder);
            var keys = Read(result.GetRequiredValue(zone), place);
            if (!keys.Any(k => k.Role == newRole && k.Times.Retire is null))
                throw new StartException($"there is no {newRole.ToString().ToUpperInvariant()} in {place} to roll");
            var written = KeyRoll.Begin(result.GetRequiredValue(zone), keys, newRole, TimeProvider.System.GetUtcNow(),
                result.GetRequiredValue(propagation), result.GetRequiredValue(maxTtl));
            var saved = written.Select(k => Saved(k, place)).ToArray();
            if (newRole == KeyRole.Zsk)
                Print([.. saved.Select(k => k with { Ds = null })], result.GetRequiredValue(output));
            else
                Print([saved[0], .. saved[1..].Select(k => k with { Ds = null })], result.GetRequiredValue(output),
                    $"; give this to the parent zone; when it is there, `{ProgramName.Current} zone keys retire` ends "
                    + "the old key");
            return ExitCode.Done;
        }));
        return command;
    }

    private static ExampleCommand Retire()
    {
        var (zone, folder, maxTtl, output) = (Zone(), Folder(), MaxTtl(), Arguments.Output());
        var tag = new Argument<int>("TAG") { Description = "The key's tag" };
        var command = new ExampleCommand("retire", "End a key whose DS the parent no longer has.",
            "meridian zone keys retire ai.example.com 12345 --folder keys")
        {
            zone, tag, folder, maxTtl, output,
        };
        command.SetAction(result => Run(() =>
        {
            var now = TimeProvider.System.GetUtcNow();
            var place = result.GetRequiredValue(folder);
            var keys = Read(result.GetRequiredValue(zone), place);
            var key = keys.FirstOrDefault(k => k.Tag == result.GetRequiredValue(tag))
                ?? throw new StartException($"there is no key {result.GetRequiredValue(tag)} in {place}");
            var others = keys.Where(k => k != key && k.Times.IsActive(now)).ToArray();
            if (!(others.Any(k => k.SignsData) || !key.SignsData) || !(others.Any(k => k.SignsKeys) || !key.SignsKeys))
                throw new StartException($"key {key.Tag} is the only one that signs; roll it first");
            var retired = Saved(KeyRoll.Retire(key, now, result.GetRequiredValue(maxTtl)), place);
            Print([retired with { Ds = null }], result.GetRequiredValue(output));
            return ExitCode.Done;
        }));
        return command;
    }

    private static int Run(Func<int> action)
    {
        try
        {
            return action();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException(e.Message);
        }
    }

    private static ImmutableArray<SigningKey> Read(DnsName zone, string folder)
    {
        var (keys, error) = ZoneSigners.Read(zone, folder);
        return error is null ? keys : throw new StartException(error);
    }

    // The key is written to a new file and then moved, so that a node that reads the folder never finds half a key.
    // Only the owner may read it.
    private static string Save(SigningKey key, string folder)
    {
        var file = Path.Combine(folder, KeyFile.NameOf(key));
        NewFile.Replace(file, KeyFile.Write(key), NewFile.ForOwner);
        return file;
    }

    private static KeyDocument Saved(SigningKey key, string folder) =>
        KeyDocument.Of(key, TimeProvider.System.GetUtcNow(), Save(key, folder));

    // What is printed as text can stand in a zone file.
    private static void Print(IReadOnlyCollection<KeyDocument> keys, string output, string? remark = null)
    {
        if (output == "json")
        {
            Console.WriteLine(JsonSerializer.Serialize(keys, ApiJson.Options));
            return;
        }

        var files = keys.Where(k => k.File is not null).Select(k => $"; {k.File}");
        foreach (var line in files.Append(remark).Concat(keys.Select(k => k.Ds)).OfType<string>())
            Console.WriteLine(line);
    }

    private static Argument<DnsName> Zone() => new("ZONE")
    {
        Description = "The zone's name",
        CustomParser = result =>
        {
            if (DnsName.TryParse(result.Tokens[0].Value.TrimEnd('.') + ".", null, out var name, out var error))
                return name;
            result.AddError(error);
            return null!;
        },
    };

    private static Option<string> Folder() =>
        new("--folder") { Description = "Folder of the keys, as the zone's `dnssec.keys` names it", Required = true };

    private static Option<string> Role(string value) =>
        new Option<string>("--role") { Description = "csk, ksk or zsk", DefaultValueFactory = _ => value }
        .AcceptOnlyFromAmong("csk", "ksk", "zsk");

    private static Option<TimeSpan> MaxTtl() =>
        Arguments.Duration("--max-ttl", "The longest that a signature stays in a cache", "1d");
}
