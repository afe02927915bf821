using Meridian.Dns.Signing;
using Meridian.Dns.Wire;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.NameServer.Tests;

public sealed class ZoneSignersTests : IDisposable
{
    private static readonly DnsName Zone = DnsName.Parse("example.org");
    private readonly string _folder = Directory.CreateTempSubdirectory("meridian-keys-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 25, 8, 0, 0, TimeSpan.Zero));

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void The_same_signer_serves_until_keys_change_or_a_time_comes()
    {
        var signers = new ZoneSigners(_time);
        var now = _time.GetUtcNow();
        Write(SigningKey.Create(Zone, KeyRole.Csk, KeyTimes.From(now)));
        var first = signers.Of(Zone, _folder).Signer;
        Assert.NotNull(first);
        Assert.Same(first, signers.Of(Zone, _folder).Signer);
        Assert.False(signers.HasChanged(Zone, _folder));

        Write(SigningKey.Create(Zone, KeyRole.Csk, new KeyTimes(now, now, now.AddHours(1))));
        Assert.True(signers.HasChanged(Zone, _folder));
        var second = signers.Of(Zone, _folder).Signer!;
        Assert.Equal(2, second.Published.Length);
        Assert.Equal(now.AddHours(1), second.NextChange);

        _time.Advance(TimeSpan.FromHours(1));
        Assert.True(signers.HasChanged(Zone, _folder));
        Assert.NotSame(second, signers.Of(Zone, _folder).Signer);
    }

    [Fact]
    public void Keys_that_are_no_good_are_told_and_not_tried_every_second()
    {
        var signers = new ZoneSigners(_time);
        var key = SigningKey.Create(Zone, KeyRole.Csk, KeyTimes.From(_time.GetUtcNow()));
        Write(key);
        Assert.NotNull(signers.Of(Zone, _folder).Signer);

        File.WriteAllText(Path.Combine(_folder, KeyFile.NameOf(key)), "broken");
        Assert.True(signers.HasChanged(Zone, _folder));
        Assert.Contains("no private key", signers.Of(Zone, _folder).Error);
        Assert.False(signers.HasChanged(Zone, _folder));
        _time.Advance(TimeSpan.FromMinutes(2));
        Assert.True(signers.HasChanged(Zone, _folder));
    }

    [Fact]
    public void Keys_of_other_zones_in_the_same_folder_are_passed_over()
    {
        Write(SigningKey.Create(DnsName.Parse("example.net"), KeyRole.Csk, KeyTimes.From(_time.GetUtcNow())));
        Assert.Contains("no key in", new ZoneSigners(_time).Of(Zone, _folder).Error);
        Assert.Contains("cannot be read", new ZoneSigners(_time).Of(Zone, Path.Combine(_folder, "missing")).Error);
    }

    private void Write(SigningKey key) =>
        File.WriteAllText(Path.Combine(_folder, KeyFile.NameOf(key)), KeyFile.Write(key));
}
