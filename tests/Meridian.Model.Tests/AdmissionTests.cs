using System.Collections.Immutable;
using System.Text.Json;

namespace Meridian.Model.Tests;

/// <summary>Which versions of objects are taken, and what happens to the others.</summary>
public sealed class AdmissionTests
{
    private const string Zone = """{"origin":"example.org","nameServers":[{"name":"ns.example.net"}]}""";
    private const string Endpoint = """{"hostname":"a.example.org","policy":"Failover","pools":[{"pool":"p"}]}""";

    private readonly Dictionary<string, ConfigurationObject> _objects = [];
    private ImmutableDictionary<string, ConfigurationObject> _before =
        ImmutableDictionary<string, ConfigurationObject>.Empty;
    private int _clock;

    [Fact]
    public void A_sound_whole_is_taken()
    {
        PutAll();
        var admission = Admit();
        Assert.Equal(3, admission.Accepted.Count);
        Assert.Empty(admission.Refused);
        Assert.True(admission.Configuration.IsSound);
    }

    [Fact]
    public void A_bad_version_leaves_the_good_one()
    {
        PutAll();
        Admit();
        Put("AddressPool", "p", """{"addresses":[{"value":"nonsense nonsense"}]}""");
        var admission = Admit();
        Assert.Equal("10.0.0.1", Assert.Single(admission.Configuration.Resources.Pools["p"].Addresses).Value);
        Assert.Contains("nonsense", Assert.Single(admission.Refused["AddressPool ai/p"]).Message,
            StringComparison.Ordinal);
        Assert.Equal("spec.addresses[0].value", admission.Refused["AddressPool ai/p"][0].Where.Field);
        Assert.True(admission.Configuration.IsSound);
    }

    [Fact]
    public void A_new_object_with_a_fault_is_left_out_and_so_is_what_needs_it()
    {
        PutAll();
        Put("AddressPool", "p", """{"addresses":[]}""");
        var admission = Admit();
        Assert.Equal(["AddressPool ai/p", "GlobalEndpoint ai/a"], admission.Refused.Keys.Order());
        Assert.Equal("AddressPool `p` is refused itself; its own status says why",
            Assert.Single(admission.Refused["GlobalEndpoint ai/a"]).Message);
        Assert.True(admission.Configuration.IsSound);
    }

    [Fact]
    public void An_object_that_names_what_nobody_made_says_that_there_is_none()
    {
        PutAll();
        Put("GlobalEndpoint", "b", Endpoint.Replace("\"p\"", "\"q\"", StringComparison.Ordinal)
            .Replace("a.example.org", "b.example.org", StringComparison.Ordinal));

        Assert.Equal("there is no AddressPool named `q`",
            Assert.Single(Admit().Refused["GlobalEndpoint ai/b"]).Message.Split(';')[0]);
    }

    [Fact]
    public void A_change_that_breaks_another_object_is_not_taken_and_both_say_why()
    {
        PutAll();
        Put("AddressPool", "q", """{"addresses":[{"value":"10.0.0.2"}]}""");
        Admit();
        // the endpoint's name would stand outside
        Put("Zone", "z", Zone.Replace("example.org", "example.com", StringComparison.Ordinal));
        Put("AddressPool", "q", """{"addresses":[{"value":"10.0.0.3"}]}"""); // harmless, and comes at the same time
        var admission = Admit();
        Assert.Equal("example.org", admission.Configuration.Resources.Zones.Single().Origin);
        Assert.Equal("10.0.0.3", admission.Configuration.Resources.Pools["q"].Addresses.Single().Value);
        Assert.StartsWith("would break GlobalEndpoint ai/a: `a.example.org` is outside every zone",
            admission.Refused["Zone ai/z"][0].Message, StringComparison.Ordinal);
        Assert.True(admission.Refused.ContainsKey("GlobalEndpoint ai/a"));
    }

    [Fact]
    public void What_another_object_needs_serves_on_when_it_is_deleted()
    {
        PutAll();
        Admit();
        _objects.Remove("AddressPool ai/p");
        var admission = Admit();
        Assert.Equal(3, admission.Accepted.Count);
        Assert.Contains("there is no AddressPool named `p`", admission.Refused["GlobalEndpoint ai/a"][0].Message,
            StringComparison.Ordinal);

        _objects.Remove("GlobalEndpoint ai/a");
        admission = Admit();
        Assert.Equal(["Zone ai/z"], admission.Accepted.Keys);
        Assert.Empty(admission.Refused);
    }

    [Fact]
    public void Of_two_that_want_one_name_the_one_that_has_it_keeps_it()
    {
        PutAll();
        Put("AddressPool", "q", """{"addresses":[{"value":"10.0.0.2"}]}""");
        Put("GlobalEndpoint", "b", Endpoint.Replace("a.example.org", "b.example.org", StringComparison.Ordinal));
        Admit();

        // The older object is edited to the younger one's name: the younger one has it already.
        Put("GlobalEndpoint", "a", Endpoint.Replace("a.example.org", "b.example.org", StringComparison.Ordinal));
        var admission = Admit();
        Assert.Equal(["GlobalEndpoint ai/a"], admission.Refused.Keys);
        Assert.Equal("`b.example.org` already belongs to GlobalEndpoint `b`",
            admission.Refused["GlobalEndpoint ai/a"][0].Message);
        Assert.Equal(["a.example.org", "b.example.org"],
            admission.Configuration.Resources.Endpoints.Select(e => e.Hostname).Order());
    }

    [Fact]
    public void Two_objects_of_one_kind_and_name_in_two_namespaces_are_one_too_many()
    {
        PutAll();
        Put("AddressPool", "p", """{"addresses":[{"value":"10.0.0.7"}]}""", "other");
        var admission = Admit();
        Assert.Equal("AddressPool `p` is declared twice",
            Assert.Single(admission.Refused["AddressPool other/p"]).Message);
        Assert.Equal("10.0.0.1", admission.Configuration.Resources.Pools["p"].Addresses.Single().Value);
    }

    [Fact]
    public void Paths_in_objects_must_be_whole()
    {
        PutAll();
        Put("Zone", "z", """{"origin":"example.org","nameServers":[{"name":"ns.example.net"}],"file":"z.zone"}""");
        Assert.Equal("`z.zone` must be a full path on the node, such as /etc/meridian/z.zone",
            Admit().Refused["Zone ai/z"][0].Message);
    }

    [Fact]
    public void Five_thousand_objects_with_faults_among_them_are_admitted()
    {
        PutAll();
        for (var i = 0; i < 2500; i++)
        {
            var address = $$"""{"value":"10.1.{{i / 250}}.{{i % 250}}"}""";
            Put("AddressPool", $"p{i}", $$"""{"addresses":[{{(i % 100 == 0 ? "" : address)}}]}""");
            Put("GlobalEndpoint", $"e{i}", Endpoint.Replace("a.example.org", $"e{i}.example.org",
                StringComparison.Ordinal).Replace("\"p\"", $"\"p{i}\"", StringComparison.Ordinal));
        }

        var admission = Admit();
        Assert.Equal(50, admission.Refused.Count);
        Assert.Equal(5003 - 50, admission.Accepted.Count);
        Assert.True(admission.Configuration.IsSound);
    }

    private Admission Admit()
    {
        var admission = Admission.Admit([], _objects.Values, _before);
        _before = admission.Accepted;
        return admission;
    }

    private void PutAll()
    {
        Put("Zone", "z", Zone);
        Put("AddressPool", "p", """{"addresses":[{"value":"10.0.0.1"}]}""");
        Put("GlobalEndpoint", "a", Endpoint);
    }

    private void Put(string kind, string name, string spec, string ns = "ai")
    {
        var id = $"{kind} {ns}/{name}";
        var old = _objects.GetValueOrDefault(id);
        var document = JsonDocument.Parse($$"""
            {"apiVersion":"meridian.dev/v1alpha1","kind":"{{kind}}",
            "metadata":{"name":"{{name}}","namespace":"{{ns}}"},"spec":{{spec}}}
            """).RootElement;
        _objects[id] = new ConfigurationObject(kind, ns, name, old?.Uid ?? id, (old?.Generation ?? 0) + 1,
            old?.Created ?? DateTimeOffset.UnixEpoch.AddSeconds(++_clock), document);
    }
}
