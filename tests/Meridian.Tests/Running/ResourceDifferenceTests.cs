using Meridian.Model;
using Meridian.Running;

namespace Meridian.Tests.Running;

public sealed class ResourceDifferenceTests
{
    [Fact]
    public void What_a_reload_adds_removes_and_changes_is_named()
    {
        var before = Read(Pool("a", "10.0.0.1") + Pool("b", "10.0.0.2") + Pool("c", "10.0.0.3"));
        var after = Read("# a comment moves all lines\n" + Pool("c", "10.0.0.3") + Pool("b", "10.0.0.9")
            + Pool("d", "10.0.0.4"));

        Assert.Equal("added AddressPool d; removed AddressPool a; changed AddressPool b",
            ResourceDifference.Of(before, after));
        Assert.Equal("no resource is different", ResourceDifference.Of(after, after));
    }

    [Fact]
    public void Many_are_counted() =>
        Assert.Equal("added AddressPool p0, AddressPool p1, AddressPool p2, AddressPool p3, AddressPool p4 and 2 more",
            ResourceDifference.Of(ResourceSet.Empty,
                Read(string.Concat(Enumerable.Range(0, 7).Select(i => Pool($"p{i}", $"10.0.0.{i + 1}"))))));

    [Fact]
    public void Every_kind_can_be_compared()
    {
        var examples = Directory.GetDirectories(Path.Combine(Checkout.Root, "examples"));
        var (one, other) = (ConfigurationReader.ReadPaths(examples), ConfigurationReader.ReadPaths(examples));

        Assert.NotEmpty(one.Resources.All);
        Assert.Equal("no resource is different", ResourceDifference.Of(one.Resources, other.Resources));
    }

    private static string Pool(string name, string address) =>
        TestYaml.Part("AddressPool", name, $"{{addresses: [{{value: {address}}}]}}");

    private static ResourceSet Read(string text) => TestYaml.Read(text);
}
