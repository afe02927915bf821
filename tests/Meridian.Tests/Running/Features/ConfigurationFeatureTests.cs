using System.Collections.Immutable;
using System.Text.Json;
using Meridian.Model;
using Meridian.Running;
using Meridian.Running.Control;
using Meridian.Running.Features;
using Meridian.Tests.Running.Control;

namespace Meridian.Tests.Running.Features;

public sealed class ConfigurationFeatureTests : IAsyncLifetime
{
    private static readonly string One = World.Endpoint("a", "10.0.0.1");
    private static readonly string Two = World.Endpoint("b", "10.0.0.2");

    private readonly TestFolder _state = new();
    private readonly World _world = new(One);
    private NodeKubernetes _clusters = null!;
    private ConfigurationFeature _configuration = null!;
    private int _wakes;

    public async ValueTask InitializeAsync()
    {
        _clusters = await NodeKubernetes.StartAsync(null, _state.Path, _world.Time, _ => { }, default);
        _configuration = Of(_world.File);
        _world.Start(_configuration);
        _configuration.Start();
    }

    [Fact]
    public async Task Files_that_did_not_change_are_not_applied_again()
    {
        _configuration.Check();
        await _world.SettleAsync();

        Assert.Single(_world.Commits);
        Assert.Empty(_world.Told);
    }

    [Fact]
    public void A_changed_file_is_in_force_and_told_with_what_it_changes()
    {
        _world.Time.Advance(TimeSpan.FromSeconds(1));
        _world.Write(One, Two);

        _configuration.Check();

        Assert.NotNull(_world.Loop.State.Table.Find("b.example.org"));
        Assert.Equal(_world.Time.GetUtcNow(), _world.Loop.State.ConfiguredAt);
        var told = Assert.Single(_world.Told);
        Assert.StartsWith("configuration applied: 2 endpoints, 2 pools, 2 zones; ", told);
        Assert.Contains("b", told["configuration applied: 2 endpoints, 2 pools, 2 zones; ".Length..]);
        Assert.Equal(_world.File, _world.History.Recent(1)[0].Subject);

        _configuration.Check(); // and is applied once
        Assert.Equal(2, _world.Commits.Count);
    }

    [Fact]
    public void A_configuration_with_a_fault_is_not_applied_and_the_good_one_serves_on()
    {
        var before = _world.Loop.State;
        _world.Write(One, Two.Replace("10.0.0.2", "10.0.0.256", StringComparison.Ordinal));

        _configuration.Check();
        _configuration.Check();

        UntilTold(1);
        Assert.Same(before.Table, _world.Loop.State.Table);
        Assert.Contains("10.0.0.256", Assert.Single(_world.Loop.State.DiskFaults).Message);
        Assert.StartsWith("the configuration on disk has 1 fault and is not applied; the one of 2026-01-01 00:00:00Z "
            + $"serves on. First: {_world.File}:", Assert.Single(_world.Told));

        _world.Write(One, Two);
        _configuration.Check();
        Assert.Empty(_world.Loop.State.DiskFaults);
        Assert.NotNull(_world.Loop.State.Table.Find("b.example.org"));
    }

    [Fact]
    public void A_file_that_is_gone_is_a_fault_and_no_wish_to_serve_nothing()
    {
        File.Delete(_world.File);

        _configuration.Check();

        UntilTold(1);
        Assert.NotEmpty(_world.Loop.State.DiskFaults);
        Assert.NotNull(_world.Loop.State.Table.Find("a.example.org"));
    }

    [Fact]
    public void A_file_that_is_new_in_a_folder_is_seen()
    {
        var configuration = Of(Path.GetDirectoryName(_world.File)!);
        configuration.Start();
        File.WriteAllText(Path.Combine(Path.GetDirectoryName(_world.File)!, "more.yaml"), Two);

        configuration.Check();

        Assert.NotNull(_world.Loop.State.Table.Find("b.example.org"));
    }

    [Fact]
    public void Whoever_asks_for_it_has_what_did_not_change_applied_again_at_once()
    {
        _configuration.Reload();
        Assert.Equal(1, _wakes);

        _configuration.Check();
        Assert.StartsWith("configuration applied: ", Assert.Single(_world.Told));
        _configuration.Check(); // asked once, it is read once
        Assert.Single(_world.Told);
    }

    [Fact]
    public void A_configuration_that_cannot_be_served_is_told_and_the_good_one_serves_on()
    {
        var before = _world.Loop.State;
        _world.Prepare = (_, _, _) => throw new InvalidOperationException("bug");
        _world.Write(One, Two);

        _configuration.Check();

        Assert.Same(before.Table, _world.Loop.State.Table);
        Assert.StartsWith("the configuration cannot be applied: ", Assert.Single(_world.Told));
    }

    [Fact]
    public async Task Objects_that_are_refused_at_the_start_are_told_with_whether_an_older_version_serves()
    {
        var good = Object("shop", 1, "{\"addresses\": [{\"value\": \"10.0.0.7\"}]}");
        var loaded = LoadedConfiguration.Load([_world.File],
            [Object("shop", 2, "{\"addresses\": []}"), Object("new", 1, "{\"addresses\": []}")],
            ImmutableDictionary<string, ConfigurationObject>.Empty.Add(good.Id, good));
        Assert.Equal(["AddressPool web/new", "AddressPool web/shop"],
            ConfigurationFeature.Begin(loaded, default).RefusedObjects.Keys.Order());
        Assert.Null(await _world.Loop.SubmitAsync(new Change("test", inputs => inputs with { Configuration = loaded }))
            .WaitAsync(World.Limit));

        _configuration.Start();

        var told = _world.Told.Order().ToArray();
        Assert.Equal(2, told.Length);
        Assert.StartsWith("the latest version of AddressPool web/new is not applied. First: ", told[0]);
        Assert.StartsWith(
            "the latest version of AddressPool web/shop is not applied, the one before serves on. First: ", told[1]);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        await _clusters.DisposeAsync();
        _state.Dispose();
    }

    private static ConfigurationObject Object(string name, long generation, string spec) => new("AddressPool", "web",
        name, $"uid-{name}", generation, DateTimeOffset.UnixEpoch, JsonDocument.Parse($$"""
            {"apiVersion": "meridian.dev/v1alpha1", "kind": "AddressPool",
             "metadata": {"name": "{{name}}", "namespace": "web"}, "spec": {{spec}}}
            """).RootElement);

    private ConfigurationFeature Of(string path) =>
        new(new NodeOptions { Configuration = [path], StateFolder = _state.Path }, _clusters, _world.Loop,
            _world.History, () => _wakes++);

    private void UntilTold(int count) =>
        Assert.True(SpinWait.SpinUntil(() => _world.Told.Count() >= count, World.Limit));
}
