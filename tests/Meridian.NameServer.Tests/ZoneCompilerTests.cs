using Meridian.Model;

namespace Meridian.NameServer.Tests;

public sealed class ZoneCompilerTests
{
    [Theory]
    [InlineData("{name: www, type: A, data: [192.0.2]}", "6:13: error: record `www`: A: `192.0.2` is not an IPv4 address")]
    [InlineData("{name: www, type: CNAME, data: [www.example.net]}", "write `www.example.net.`")]
    [InlineData("{name: www, type: NOTYPE, data: [x]}", "`NOTYPE` is not a record type")]
    [InlineData("{name: www, type: MXX, data: [x]}", "did you mean `MX`?")]
    [InlineData("{name: www, type: MX, data: [\"10\"]}", "an exchange is missing")]
    public void Says_what_is_wrong_with_a_record_and_where(string record, string message) =>
        Assert.Contains(message, Check($"  records: [{record}]\n")[0].ToString());

    [Fact]
    public void Reads_a_master_file_and_says_where_it_is_wrong()
    {
        Assert.Empty(Check("  file: z.zone\n", "$TTL 60\nwww A 192.0.2.1\n"));
        Assert.Contains("z.zone:2:1: error: A: `nonsense`", Check("  file: z.zone\n", "$TTL 60\nwww A nonsense\n")[0].ToString());
        Assert.Contains("cannot be read", Check("  file: z.zone\n", null)[0].Message);
    }

    [Fact]
    public void Says_that_a_name_is_owned_by_a_master_file_and_an_endpoint()
    {
        var faults = Check("  file: z.zone\n---\napiVersion: meridian.dev/v1alpha1\nkind: AddressPool\nmetadata: {name: p}\nspec: {addresses: [{value: 10.0.0.1}]}\n" +
            "---\napiVersion: meridian.dev/v1alpha1\nkind: GlobalEndpoint\nmetadata: {name: e}\nspec: {hostname: www.example.org, pools: [{pool: p}]}\n", "$TTL 60\nwww A 192.0.2.1\n");

        Assert.Contains("owned twice", Assert.Single(faults).Message);
    }

    private static IReadOnlyList<Fault> Check(string spec, string? file = null)
    {
        var text = "apiVersion: meridian.dev/v1alpha1\nkind: Zone\nmetadata: {name: z}\nspec:\n  origin: example.org\n" + spec;
        if (spec.StartsWith("  file", StringComparison.Ordinal))
            text = text.Replace("  file: z.zone\n", "  file: z.zone\n  nameServers: [{name: ns.example.net}]\n");
        else
            text += "  nameServers: [{name: ns.example.net}]\n";
        var configuration = ConfigurationReader.ReadText("z.yaml", text);
        Assert.Empty(configuration.Faults);
        return ZoneCompiler.Check(configuration.Resources, _ => file);
    }
}
