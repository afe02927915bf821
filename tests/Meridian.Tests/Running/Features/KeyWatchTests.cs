using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Meridian.Running.Features;
using Meridian.Tests.Running.Control;

namespace Meridian.Tests.Running.Features;

public sealed class KeyWatchTests : IAsyncDisposable
{
    private static readonly DnsName Signed = DnsName.Parse("signed.example.");

    private readonly TestFolder _folder = new();
    private readonly World _world;
    private readonly KeyWatch _keys;

    public KeyWatchTests()
    {
        Write(NewKey());
        _world = new World(TestYaml.Part("Zone", "signed",
            $"{{origin: signed.example, dnssec: {{keys: {_folder.Path}}}, nameServers: [{{name: ns.example.net}}]}}"));
        _keys = new KeyWatch(_world.Sources, _world.Loop, _world.History);
        _world.Start();
    }

    [Fact]
    public async Task Keys_that_did_not_change_are_not_read_again()
    {
        Assert.Null(_keys.Check());
        await _world.SettleAsync();

        Assert.Single(_world.Commits);
        Assert.Empty(_world.Told);
    }

    [Fact]
    public void A_new_key_is_in_use_once_it_has_been_seen()
    {
        Assert.Equal(1, KeyCount);
        Write(NewKey());

        _keys.Check();

        Assert.Equal(2, KeyCount);
        Assert.Equal(["zone signed.example.: new keys are in use"], _world.Told);
        _keys.Check();
        Assert.Single(_world.Told);
    }

    [Fact]
    public void A_key_whose_time_has_come_is_in_use()
    {
        Write(SigningKey.Create(Signed, KeyRole.Csk, new KeyTimes(Past, Past, _world.Time.GetUtcNow().AddHours(1))));
        _keys.Check();
        var before = _world.Loop.State.Zones.Find(Signed.Canonical);

        _keys.Check();
        Assert.Same(before, _world.Loop.State.Zones.Find(Signed.Canonical));
        _world.Time.Advance(TimeSpan.FromHours(1));
        _keys.Check();

        Assert.NotSame(before, _world.Loop.State.Zones.Find(Signed.Canonical));
        Assert.Equal(2, _world.Told.Count());
    }

    [Fact]
    public void A_zone_goes_on_with_its_old_keys_where_the_new_ones_cannot_be_used()
    {
        var before = _world.Loop.State;
        _folder.Write("Ksigned.example.+013+00001.pem", "no key");

        var fault = _keys.Check();

        Assert.StartsWith("zone signed.example. goes on with its old keys: ", fault);
        Assert.Equal(fault, _keys.Check()); // for as long as they are there
        Assert.Same(before.Zones, _world.Loop.State.Zones);
        Assert.Empty(_world.Loop.State.ZoneFailures);
        Assert.Empty(_world.Told);
    }

    [Fact]
    public void A_zone_goes_on_with_its_old_keys_where_their_folder_cannot_be_read()
    {
        var before = _world.Loop.State;
        var elsewhere = _folder.Path + ".elsewhere";
        Directory.Move(_folder.Path, elsewhere);

        Assert.Equal($"zone signed.example. goes on with its old keys: {_folder.Path} cannot be read", _keys.Check());
        Assert.Same(before.Zones, _world.Loop.State.Zones);

        Directory.Move(elsewhere, _folder.Path);
        Assert.Null(_keys.Check());
    }

    public async ValueTask DisposeAsync()
    {
        await _world.DisposeAsync();
        _folder.Dispose();
    }

    // Before the clock of the test and before that of the machine.
    private static DateTimeOffset Past { get; } = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private int KeyCount => _world.Loop.State.Zones.Find(Signed.Canonical)!.Signer!.Published.Length;

    private static SigningKey NewKey() => SigningKey.Create(Signed, KeyRole.Csk, KeyTimes.From(Past));

    private void Write(SigningKey key) => _folder.Write(KeyFile.NameOf(key), KeyFile.Write(key));
}
