using Meridian.Api.Access;
using Meridian.Dns.Updates;
using Meridian.Dns.Wire;
using Meridian.Health;
using Meridian.Model.Records;
using Meridian.Operator.Discovering;

namespace Meridian.Running;

/// <summary>Something that a node's control loop acts on.</summary>
internal abstract record Signal
{
    /// <summary>A verdict changed.</summary>
    public sealed record Verdict(VerdictChange Change) : Signal;

    /// <summary>
    /// A person set or cleared an override, or one expired; <see cref="Done"/> is set when it is acted on.
    /// </summary>
    public sealed record Overrides : Signal
    {
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A host name has other addresses now.</summary>
    public sealed record Resolved : Signal;

    /// <summary>A person asked to read the configuration again.</summary>
    public sealed record Reload : Signal;

    /// <summary>The configuration on disk was read and checked.</summary>
    public sealed record Loaded(LoadedConfiguration Configuration) : Signal;

    /// <summary>The objects of the cluster that resources are read from have changed.</summary>
    public sealed record Objects : Signal;

    /// <summary>
    /// A client changes its records; <see cref="Done"/> gives why they are refused, or null, and the write of the store.
    /// </summary>
    public sealed record Records(Caller Caller, RecordChanges Changes) : Signal
    {
        public TaskCompletionSource<(string? Refusal, Task<string?> Stored)> Done { get; } =
            new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>A client with records was heard.</summary>
    public sealed record Heard(Caller Caller) : Signal;

    /// <summary>Clusters say something else than before.</summary>
    public sealed record Discovered(Discovery Discovery) : Signal;

    /// <summary>A probe may have confirmed what is ready again.</summary>
    public sealed record Confirmed : Signal;

    /// <summary>A tunnel has come or gone, or its agent says something else of its services.</summary>
    public sealed record Tunnelled : Signal;

    /// <summary>A primary has given a new version of a zone, or the old one has expired.</summary>
    public sealed record Transferred(DnsName Origin) : Signal;

    /// <summary>A client updates a zone; <see cref="Done"/> says whether it was taken.</summary>
    public sealed record Updated(DnsName Origin, ZoneUpdate Update) : Signal
    {
        public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
