using System.Collections.Immutable;

namespace Meridian.State.Etcd;

/// <summary>How one member of etcd is, by its own word.</summary>
/// <param name="Endpoint">Host and port.</param>
/// <param name="Trouble">Why it did not answer, or what it complains of; null where all is well.</param>
public sealed record EtcdMemberStatus(string Endpoint, string? Trouble)
{
    /// <summary>Whether it answered; where not, nothing below is set.</summary>
    public bool IsReached { get; init; }

    /// <summary>Number of the etcd cluster, in hexadecimal digits, as <c>etcdctl</c> writes it.</summary>
    public string Cluster { get; init; } = "";

    /// <summary>Number of the member, in hexadecimal digits.</summary>
    public string Member { get; init; } = "";

    /// <summary>etcd's version, such as <c>3.4.23</c>.</summary>
    public string Version { get; init; } = "";

    /// <summary>Whether it leads the cluster.</summary>
    public bool IsLeader { get; init; }

    /// <summary>Whether it knows a leader.</summary>
    public bool HasLeader { get; init; }

    /// <summary>The revision that it has reached.</summary>
    public long Revision { get; init; }

    /// <summary>The raft term.</summary>
    public ulong Term { get; init; }

    /// <summary>Size of its database, in octets.</summary>
    public long SizeBytes { get; init; }

    /// <summary>
    /// Most that the database may hold, in octets; the configured figure where the member does not tell.
    /// </summary>
    public long QuotaBytes { get; init; }

    /// <summary>How long it took to answer.</summary>
    public TimeSpan Latency { get; init; }

    /// <summary>Alarms that are raised, such as <c>NOSPACE</c>.</summary>
    public ImmutableArray<string> Alarms { get; init; } = [];
}
