using Meridian.Running;
using Meridian.Running.Features;
using Meridian.Tests.Running.Control;

namespace Meridian.Tests.Running.Features;

public sealed class GeographyFeatureTests : IAsyncDisposable
{
    private static readonly byte[] Client = [10, 0, 0, 1];

    private readonly TestFolder _folder = new();
    private readonly World _world = new(World.Endpoint("a", "10.0.0.1"));
    private readonly LogLines _log = new();
    private readonly GeographyFeature _geography;

    public GeographyFeatureTests()
    {
        Write("10.0.0.0/8,DE");
        _geography = new GeographyFeature([_folder.File("places.csv")], _world.Loop, _world.History, _log);
    }

    [Fact]
    public void Where_clients_are_is_read_from_the_files()
    {
        Assert.Equal("DE", _geography.Load().PlaceOf(Client)!.Country);
        Assert.Equal(["geography: places.csv: 1 networks"], _log.Lines);
    }

    [Theory]
    [InlineData("10.0.0.0/8,XX")]
    [InlineData(null)]
    public void A_node_does_not_start_without_the_geography_that_it_was_told_to_read(string? text)
    {
        Write(text);

        Assert.StartsWith("geography cannot be read: ",
            Assert.Throws<StartException>(() => _geography.Load()).Message);
    }

    [Fact]
    public async Task Files_that_did_not_change_are_not_read_again()
    {
        Start();

        _geography.Check();
        await _world.SettleAsync();

        Assert.Single(_world.Commits);
    }

    [Fact]
    public async Task A_changed_file_is_in_force_and_told()
    {
        Start();
        Write("10.0.0.0/8,FR");

        _geography.Check();

        await UntilAsync(() => CountryServed == "FR");
        await _world.SettleAsync();
        Assert.Equal(["geography applied: places.csv: 1 networks"], _world.Told);
        Assert.Equal("FR", _world.Loop.State.Table.Geo.PlaceOf(Client)!.Country);
    }

    [Theory]
    [InlineData("")]
    [InlineData("10.0.0.0/8,XX")]
    [InlineData(null)]
    public async Task What_cannot_be_read_leaves_the_old_one_in_force_and_is_a_fault_while_it_is_there(string? text)
    {
        Start();
        Write("10.0.0.0/8,FR");
        _geography.Check();
        await UntilAsync(() => CountryServed == "FR");
        Write(text);

        var (first, second) = (_geography.Check(), _geography.Check());
        await _world.SettleAsync();

        Assert.Equal("FR", CountryServed);
        Assert.StartsWith("geography cannot be read and the old one serves on: ", first);
        Assert.Equal(first, second); // for as long as it is so; the watcher of files tells it once
    }

    [Theory]
    [InlineData("policy: Nearest", "")]
    [InlineData("policy: Failover", "policy: Nearest, ")]
    public async Task Who_is_answered_by_where_clients_are_is_warned_of_where_nothing_says_it(
        string endpoint, string pool)
    {
        _world.Start(_geography);

        await _world.ApplyAsync(Endpoint(endpoint, pool));

        Assert.Contains("n.example.org", Assert.Single(_log.Lines));
        Assert.Contains("no --geo database is loaded", _log.Lines.Single());
    }

    [Fact]
    public async Task Nobody_is_warned_who_does_not_need_to_know_where_clients_are()
    {
        _world.Start(_geography);

        await _world.ApplyAsync(Endpoint("policy: Failover", ""));

        Assert.Empty(_log.Lines);
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Dispose();
    }

    private string? CountryServed => _world.Loop.State.Inputs.Geography.PlaceOf(Client)?.Country;

    private static string Endpoint(string policy, string pool) =>
        TestYaml.Part("AddressPool", "n",
            $"{{{pool}addresses: [{{value: 10.0.0.3, site: s}}, {{value: 10.0.0.4, site: s}}]}}")
        + TestYaml.Part("Site", "s", "{latitude: 1, longitude: 1}")
        + TestYaml.Part("GlobalEndpoint", "n", $"{{hostname: n.example.org, {policy}, pools: [{{pool: n}}]}}");

    private void Start()
    {
        _geography.Load();
        _world.Start(_geography);
    }

    private void Write(string? text)
    {
        File.Delete(_folder.File("places.csv"));
        if (text is not null)
            _folder.Write("places.csv", text);
    }

    private Task UntilAsync(Func<bool> isSo) => Wait.SpinUntilAsync(isSo, () => string.Join('\n', _world.Told));
}
