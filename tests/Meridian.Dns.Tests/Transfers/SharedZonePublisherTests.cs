using System.Net;
using Meridian.Dns.Serving;
using Meridian.Dns.Tests.Support;
using Meridian.Dns.Transfers;
using Meridian.Dns.Wire;
using Meridian.Dns.Zones;
using Microsoft.Extensions.Time.Testing;

namespace Meridian.Dns.Tests.Transfers;

/// <summary>
/// Servers that publish a zone together give a serial to one content alone, and never an earlier one.
/// </summary>
public sealed class SharedZonePublisherTests
{
    private const uint Now = 1_795_000_000;

    private static readonly DnsName Origin = DnsName.Parse("example.org");
    private static readonly DnsName A = DnsName.Parse("a.example.org");
    private static readonly ZonePolicy Policy =
        new() { Transfer = [new AccessRule(null, [IPNetwork.Parse("127.0.0.0/8")])] };

    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(Now));
    private ZoneVersion? _agreed;

    [Fact]
    public void Servers_with_the_same_records_in_any_order_serve_what_was_agreed_on()
    {
        var (one, other) = (Publisher(), Publisher());
        var proposal = Propose(one, Zone("a A 10.0.0.1\na A 10.0.0.2\nb A 10.0.0.3\n"));
        _agreed = proposal.Version;

        foreach (var (publisher, text) in new[] { (one, "b A 10.0.0.3\na A 10.0.0.1\na A 10.0.0.2\n"),
            (other, "a A 10.0.0.2\nb A 10.0.0.3\na A 10.0.0.1\n") })
        {
            var served = Publish(publisher, Zone(text));
            Assert.Equal(proposal.Version.Serial, served.Serial);
            Assert.Same(served, served.Copied);
            Assert.Null(publisher.Proposals[Origin]);
        }
    }

    [Fact]
    public void What_is_not_agreed_on_is_answered_and_the_version_before_is_copied()
    {
        var publisher = Publisher();
        _agreed = Propose(publisher, Zone("a A 10.0.0.1\n")).Version;
        var before = Publish(publisher, Zone("a A 10.0.0.1\n"));

        var served = Publish(publisher, Zone("a A 10.0.0.1\nb A 10.0.0.2\n"));

        Assert.NotNull(served.Find(DnsName.Parse("b.example.org").Canonical));
        Assert.Equal(before.Serial, served.Serial);
        Assert.Same(before, served.Copied);
        var proposal = publisher.Proposals[Origin]!;
        Assert.False(proposal.IsRaise);
        Assert.True(Soa.IsLater(proposal.Version.Serial, before.Serial));
        Assert.NotEqual(_agreed.Digest, proposal.Version.Digest);
    }

    [Fact]
    public void A_version_that_was_agreed_on_can_be_copied_as_changes_since_the_one_before_whatever_came_between()
    {
        var publisher = Publisher();
        _agreed = Propose(publisher, Zone("a A 10.0.0.1\n")).Version;
        var before = Publish(publisher, Zone("a A 10.0.0.1\n"));
        Publish(publisher, Zone("b A 10.0.0.2\n")); // of which nobody has agreed
        _agreed = Propose(publisher, Zone("a A 10.0.0.1\nc A 10.0.0.3\n")).Version;

        var served = Publish(publisher, Zone("a A 10.0.0.1\nc A 10.0.0.3\n"));

        var change = Assert.Single(served.Changes);
        Assert.Equal((before.Serial, served.Serial), (Soa.SerialOf(change.From), Soa.SerialOf(change.To)));
        Assert.Empty(change.Removed);
        Assert.Equal("c.example.org.", Assert.Single(change.Added).Owner.ToString());
    }

    [Fact]
    public void Without_a_version_that_is_known_nothing_can_be_copied_and_the_last_serial_is_answered()
    {
        var publisher = Publisher(last: 77);

        var served = Publish(publisher, Zone("a A 10.0.0.1\n"));

        Assert.Equal((77u, null), (served.Serial, served.Copied));
        Assert.Equal(77 + ZonePublisher.Gap, publisher.Proposals[Origin]!.Version.Serial);
    }

    [Fact]
    public void Where_the_versions_that_were_agreed_on_go_back_the_serial_does_not_and_is_raised_by_anybody()
    {
        var publisher = Publisher();
        var zone = Zone("a A 10.0.0.1\n");
        var digest = Propose(publisher, zone).Version.Digest;
        _agreed = new ZoneVersion(Now + 500, digest);
        Assert.Equal(Now + 500, Publish(publisher, zone).Serial);

        _agreed = new ZoneVersion(Now + 100, "another"); // of a backup
        Assert.Equal(Now + 500, Publish(publisher, zone).Serial);
        Assert.Equal(new ZoneProposal(new ZoneVersion(Now + 501, "another"), IsRaise: true),
            publisher.Proposals[Origin]);

        // A server that joins may have served a later one too.
        var joining = Publisher(last: Now + 900);
        Assert.Equal(Now + 900, Publish(joining, zone).Serial);
        Assert.Equal(Now + 901, joining.Proposals[Origin]!.Version.Serial);
    }

    [Fact]
    public void A_verdict_that_changes_the_default_of_a_steered_name_is_another_version()
    {
        var steered = new FixedSteered { Data = [10, 0, 0, 1] };
        var publisher = Publisher();
        _agreed = Propose(publisher, Steering(steered)).Version;
        var zone = Steering(steered);
        Publish(publisher, zone);
        Assert.Null(publisher.Proposals[Origin]);

        var moved = Steering(new FixedSteered { Data = [10, 0, 0, 2] });
        Publish(publisher, moved);

        Assert.NotNull(publisher.Proposals[Origin]);
        _agreed = publisher.Proposals[Origin]!.Version;
        var served = publisher.Publish(new ZoneSet([moved]), []).Zones.Find(Origin.Canonical)!;
        Assert.Equal(_agreed.Serial, served.Serial);
    }

    [Fact]
    public void A_secondary_that_steers_nothing_has_the_versions_of_its_primary()
    {
        var publisher = Publisher();
        var policy = Policy with { Primaries = [new Peer(new IPEndPoint(IPAddress.Loopback, 53), null)] };

        var served = Publish(publisher, Zone("a A 10.0.0.1\n", policy));

        Assert.Equal(5u, served.Serial);
        Assert.Empty(publisher.Proposals);
        var changed = publisher.Publish(new ZoneSet([Zone("a A 10.0.0.1\n", policy, 6)])).Changed;
        Assert.Equal([Origin], changed);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void In_any_order_of_changes_and_losses_serials_never_go_back_and_one_serial_has_one_content(int seed)
    {
        var random = new Random(seed);
        var publishers = Enumerable.Range(0, 3).Select(_ => Publisher()).ToArray();
        var contents = new string[3];
        var last = new uint?[3];
        var known = new Dictionary<uint, string>();
        var history = new List<ZoneVersion>();
        Array.Fill(contents, "a A 10.0.0.1\n");
        for (var step = 0; step < 1000; step++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(random.Next(1500)));
            var i = random.Next(3);
            switch (random.Next(10))
            {
                case 0: // its configuration is another from now on
                    contents[i] = $"a A 10.0.0.{random.Next(1, 4)}\n";
                    break;
                case 1: // it starts anew, with what it kept
                    publishers[i] = Publisher(last[i]);
                    break;
                case 2 when history.Count > 3: // a backup of the store is restored, which takes a while
                    _agreed = history[^random.Next(1, 4)];
                    _clock.Advance(TimeSpan.FromSeconds(2));
                    break;
            }

            var served = Publish(publishers[i], Zone(contents[i]));
            Assert.False(last[i] is { } before && Soa.IsLater(before, served.Serial), $"step {step}");
            if (served.Copied is { } copied)
            {
                last[i] = copied.Serial;
                Assert.Equal(served.Serial, copied.Serial);
                var content = Convert.ToHexString(copied.Find(A.Canonical)!.Find(RecordType.A)!.Data[0]);
                known.TryAdd(copied.Serial, content);
                Assert.True(known[copied.Serial] == content, $"step {step}: {copied.Serial} has another content");
            }

            // One of them publishes; a raise anybody may.
            if (publishers[i].Proposals[Origin] is { } next && (i == step / 100 % 3 || next.IsRaise))
                history.Add(_agreed = next.Version);
        }

        Assert.All(last, l => Assert.NotNull(l));
        Assert.True(known.Count > 20);
    }

    private SharedZonePublisher Publisher(uint? last = null) => new(_clock, _ => _agreed,
        last is { } serial ? new Dictionary<DnsName, uint> { [Origin] = serial } : new Dictionary<DnsName, uint>());

    private static ZoneProposal Propose(SharedZonePublisher publisher, AuthoritativeZone zone)
    {
        Publish(publisher, zone);
        return publisher.Proposals[Origin]!;
    }

    private static AuthoritativeZone Publish(SharedZonePublisher publisher, AuthoritativeZone zone) =>
        publisher.Publish(new ZoneSet([zone])).Zones.Find(Origin.Canonical)!;

    private static AuthoritativeZone Steering(FixedSteered steered)
    {
        var builder = Builder("", Policy, 5);
        builder.Steer(DnsName.Parse("app.example.org"), steered);
        return builder.Build(out _)!;
    }

    private static AuthoritativeZone Zone(string more, ZonePolicy? policy = null, uint serial = 5) =>
        Builder(more, policy ?? Policy, serial).Build(out _)!;

    private static ZoneBuilder Builder(string more, ZonePolicy policy, uint serial)
    {
        var text = $"$TTL 60\n@ SOA ns.example.net. h {serial} 1 1 1 1\n@ NS ns.example.net.\n{more}";
        var builder = new ZoneBuilder(Origin, policy);
        foreach (var record in MasterFile.Read("f", text, Origin, _ => null).Records)
            builder.Add(record);
        return builder;
    }
}
