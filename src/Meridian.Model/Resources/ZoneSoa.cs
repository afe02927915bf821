using Meridian.Model.Binding;

namespace Meridian.Model.Resources;

/// <summary>The SOA record of a zone (RFC 1035 section 3.3.13).</summary>
public sealed record ZoneSoa
{
    [Field("Name of the primary name server", Default = "the first of `nameServers`")]
    public string? Primary { get; init; }

    [Field("Mailbox of the person responsible, with the `@` written as a dot",
        Default = "`hostmaster.` and the origin")]
    public string? Contact { get; init; }

    [Field("Version of the zone", Min = "0", Max = "4294967295",
        Default = "modification time of the file, in Unix seconds")]
    public long? Serial { get; init; }

    [Field("How often secondaries look for a new version", Min = "1s")]
    public TimeSpan Refresh { get; init; } = TimeSpan.FromHours(1);

    [Field("How long a secondary waits after a failed refresh", Min = "1s")]
    public TimeSpan Retry { get; init; } = TimeSpan.FromMinutes(10);

    [Field("When a secondary that cannot refresh stops answering", Min = "1s")]
    public TimeSpan Expire { get; init; } = TimeSpan.FromDays(14);

    [Field("How long resolvers remember that a name or type does not exist (RFC 2308)", Min = "0s", Max = "1d")]
    public TimeSpan NegativeTtl { get; init; } = TimeSpan.FromSeconds(30);
}
