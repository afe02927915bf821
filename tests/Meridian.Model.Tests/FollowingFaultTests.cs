namespace Meridian.Model.Tests;

/// <summary>One broken thing is one fault: what follows from it elsewhere is not told.</summary>
public sealed class FollowingFaultTests : IDisposable
{
    private const string Endpoints = """
        Zone z {origin: example.org, nameServers: [{name: ns.example.net}]}
        Zone c {origin: example.com, nameServers: [{name: ns.example.net}]}
        GlobalEndpoint a {hostname: a.example.org, policy: Nearest, pools: [{pool: vn}, {pool: de}]}
        GlobalEndpoint b {hostname: b.example.org, policy: Nearest, pools: [{pool: vn}, {pool: de}]}
        AddressPool de {site: fra, healthCheck: h, addresses: [{value: 10.0.0.2}]}
        Site fra {latitude: 50, longitude: 8}
        HealthCheck h {tcp: {port: 80}}
        """;

    private readonly TestFolder _folder = new();

    [Theory]
    [InlineData("kind: AddresPool\nmetadata: {name: vn}\nspec: {}", "unknown kind `AddresPool`")]
    [InlineData("kind: AddressPool\nmetadata: {name: [vn]}\nspec: {}", "field `metadata.name` is missing")]
    [InlineData("kind: AddressPool\nmetadata: {name: Vn}\nspec: {}", "the name `Vn` must be lower-case")]
    [InlineData("kind: AddressPool\nmetadata: {nam: vn}\nspec: {}", "unknown field `nam`")]
    [InlineData("kind: AddressPool\nmetadat: {name: vn}\nspec: {}", "unknown field `metadat`")]
    [InlineData("kind: AddressPool\nmetadata: {name: vn}\nspek: {}", "unknown field `spek`")]
    [InlineData("kin: AddressPool\nmetadata: {name: vn}\nspec: {}", "unknown field `kin`")]
    [InlineData("kind: AddressPool\nmetadata: {name: vn}", "field `spec` is missing")]
    [InlineData("kind: AddressPool\nmetadata: {name: vn}\nspec: {sit: fra, addresses: [{value: 10.0.0.1}]}",
        "unknown field `sit`")]
    [InlineData("kind: AddressPool\nmetadata: {name: vn}\nspec: {site: [fra], addresses: [{value: 10.0.0.1}]}",
        "field `site` wants")]
    public void A_pool_that_cannot_be_read_is_the_only_fault(string document, string fault)
    {
        var faults = Read($"{Documents(Endpoints)}---\napiVersion: meridian.dev/v1alpha1\n{document}\n").Faults;

        Assert.StartsWith(fault, Assert.Single(faults).Message);
    }

    [Theory]
    [InlineData("Site fra {latitude: x, longitude: 8}")]
    [InlineData("HealthCheck h {tcp: {port: x}}")]
    [InlineData("Zone z {origin: [example.org], nameServers: [{name: ns.example.net}]}")]
    [InlineData("Zone z {origin: example..org, nameServers: [{name: ns.example.net}]}")]
    [InlineData("AddressPool de {site: fra, healthChek: h, addresses: [{value: 10.0.0.2}]}")]
    public void A_resource_that_many_name_is_the_only_fault_whatever_its_kind(string broken)
    {
        var name = string.Join(' ', broken.Split(' ')[..2]);
        var text = string.Join('\n', Endpoints.Split('\n').Where(l => !l.StartsWith(name, StringComparison.Ordinal))
            .Append(broken).Append("AddressPool vn {site: fra, healthCheck: h, addresses: [{value: 10.0.0.1}]}"));

        Assert.Single(Read(Documents(text)).Faults);
    }

    [Fact]
    public void A_clash_in_a_zone_that_is_read_is_told_beside_a_zone_that_is_not()
    {
        var faults = Read(Documents(Endpoints.Replace("b.example.org", "a.example.org", StringComparison.Ordinal)
            + "\nAddressPool vn {site: fra, healthCheck: h, addresses: [{value: 10.0.0.1}]}"
            + "\nZone x {origin: [example.net], nameServers: [{name: ns.example.net}]}")).Faults;

        Assert.Equal(["`a.example.org` already belongs to GlobalEndpoint `a`", "field `origin` wants a single value"],
            faults.Select(f => f.Message.Split(", and")[0]));
    }

    [Fact]
    public void What_no_broken_resource_explains_is_told_beside_it()
    {
        var faults = Read(Documents(Endpoints) + Documents("LoadSignal l {capacity: x}")).Faults;

        Assert.Equal(["there is no AddressPool named `vn`; did you mean `de`?",
            "there is no AddressPool named `vn`; did you mean `de`?", "field `capacity` wants a whole number"],
            faults.Select(f => f.Message.Split(", and")[0]));
    }

    [Theory]
    [InlineData("kind: AddressPool\nmetadata: {name: vn\n", "not valid YAML")]
    [InlineData("- kind: AddressPool\n", "a resource is wanted")]
    [InlineData("", "the file holds no resource")]
    public void A_file_that_cannot_be_read_is_the_only_fault(string text, string fault)
    {
        var sound = _folder.Write("a.yaml",
            Documents(string.Join('\n', Endpoints.Split('\n')
                .Where(l => !l.StartsWith("Zone", StringComparison.Ordinal)))));

        var faults = ConfigurationReader.ReadPaths([sound, _folder.Write("b.yaml", text)]).Faults;

        Assert.StartsWith(fault, Assert.Single(faults).Message);
    }

    [Fact]
    public void A_path_that_holds_nothing_is_the_only_fault()
    {
        var sound = _folder.Write("a.yaml", Documents(Endpoints));
        var empty = Directory.CreateDirectory(Path.Combine(_folder.Path, "empty")).FullName;

        foreach (var path in new[] { empty, Path.Combine(_folder.Path, "missing") })
            Assert.Single(ConfigurationReader.ReadPaths([sound, path]).Faults);
    }

    public void Dispose() => _folder.Dispose();

    private static Configuration Read(string text) => ConfigurationReader.ReadText("f.yaml", text);

    private static string Documents(string lines) => string.Concat(lines.ReplaceLineEndings("\n").Split('\n')
        .Select(l => l.Split(' ', 3)).Select(p => TestYaml.Part(p[0], p[1], p[2])));
}
