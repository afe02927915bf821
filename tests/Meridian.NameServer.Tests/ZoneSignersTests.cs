using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.NameServer.Tests;

public sealed class ZoneSignersTests : IDisposable
{
    private static readonly DnsName Zone = DnsName.Parse("example.org");
    private readonly TestFolder _folder = new();
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.Zero));

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_same_signer_serves_until_keys_change_or_a_time_comes()
    {
        var signers = new ZoneSigners(_time);
        var now = _time.GetUtcNow();
        Write(SigningKey.Create(Zone, KeyRole.Csk, KeyTimes.From(now)));
        var first = signers.Of(Zone, _folder.Path).Signer;
        Assert.NotNull(first);
        Assert.Same(first, signers.Of(Zone, _folder.Path).Signer);
        Assert.Equal(KeyComparison.Same, signers.Compare(Zone, _folder.Path));

        Write(SigningKey.Create(Zone, KeyRole.Csk, new KeyTimes(now, now, now.AddHours(1))));
        Assert.Equal(KeyComparison.Other, signers.Compare(Zone, _folder.Path));
        var second = signers.Of(Zone, _folder.Path).Signer!;
        Assert.Equal(2, second.Published.Length);
        Assert.Equal(now.AddHours(1), second.NextChange);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.Equal(KeyComparison.Other, signers.Compare(Zone, _folder.Path));
        Assert.NotSame(second, signers.Of(Zone, _folder.Path).Signer);
    }

    [Fact]
    public void Keys_that_are_no_good_are_told_and_not_tried_every_second()
    {
        var signers = new ZoneSigners(_time);
        var key = SigningKey.Create(Zone, KeyRole.Csk, KeyTimes.From(_time.GetUtcNow()));
        Write(key);
        Assert.NotNull(signers.Of(Zone, _folder.Path).Signer);

        _folder.Write(KeyFile.NameOf(key), "broken");
        Assert.Equal(KeyComparison.Other, signers.Compare(Zone, _folder.Path));
        Assert.Contains("no private key", signers.Of(Zone, _folder.Path).Error);
        Assert.Equal(KeyComparison.Refused, signers.Compare(Zone, _folder.Path));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(KeyComparison.Other, signers.Compare(Zone, _folder.Path));
    }

    [Fact]
    public void A_folder_that_cannot_be_read_leaves_the_keys_in_use()
    {
        var signers = new ZoneSigners(_time);
        Assert.Equal(KeyComparison.Same, signers.Compare(Zone, _folder.File("missing"))); // nothing was made of it
        Write(SigningKey.Create(Zone, KeyRole.Csk, KeyTimes.From(_time.GetUtcNow())));
        Assert.NotNull(signers.Of(Zone, _folder.Path).Signer);

        Assert.Equal(KeyComparison.Unreadable, signers.Compare(Zone, _folder.File("missing")));
    }

    [Fact]
    public void Keys_of_other_zones_in_the_same_folder_are_passed_over()
    {
        Write(SigningKey.Create(DnsName.Parse("example.net"), KeyRole.Csk, KeyTimes.From(_time.GetUtcNow())));
        Assert.Contains("no key in", new ZoneSigners(_time).Of(Zone, _folder.Path).Error);
        Assert.EndsWith(
            $"`/opt/meridian zone keys create {Zone} --folder '{Directory.CreateDirectory(_folder.File("my keys"))}'` "
            + "makes one", new ZoneSigners(_time, "/opt/meridian").Of(Zone, _folder.File("my keys")).Error);
        Assert.Contains("cannot be read", new ZoneSigners(_time).Of(Zone, _folder.File("missing")).Error);
    }

    private void Write(SigningKey key) =>
        _folder.Write(KeyFile.NameOf(key), KeyFile.Write(key));
}
