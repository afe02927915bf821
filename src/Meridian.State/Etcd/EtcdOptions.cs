using System.Collections.Immutable;

namespace Meridian.State.Etcd;

/// <summary>Which etcd cluster a node shares state in, and how it is reached.</summary>
public sealed record EtcdOptions
{
    /// <summary>Name of the Meridian cluster where the address has none.</summary>
    public const string DefaultCluster = "default";

    /// <summary>Members of the etcd cluster, each <c>host:port</c>; one at least.</summary>
    public required ImmutableArray<string> Endpoints { get; init; }

    /// <summary>Whether connections use TLS.</summary>
    public bool IsTls { get; init; }

    /// <summary>Name of the Meridian cluster; several share one etcd under different names.</summary>
    public string Cluster { get; init; } = DefaultCluster;

    /// <summary>What every key of the cluster begins with.</summary>
    public string Prefix => $"/meridian/v1/{Cluster}/";

    /// <summary>PEM file of the authorities that sign the members' certificates; null for the system's.</summary>
    public string? AuthorityFile { get; init; }

    /// <summary>PEM file of this node's certificate with its chain; null for none.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM file of the certificate's key; null where it is in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    /// <summary>User of etcd; null where etcd asks for none.</summary>
    public string? User { get; init; }

    /// <summary>File of the user's password; read whenever a token is needed.</summary>
    public string? PasswordFile { get; init; }

    /// <summary>
    /// How long a watch goes on, at most, before everything is listed again and compared; each time is shortened at
    /// random by up to a half. Old versions of etcd lose an event of a watch that falls far behind
    /// (etcd-io/etcd#17529), and nobody would ever hear of it.
    /// </summary>
    public TimeSpan RefreshEvery { get; init; } = TimeSpan.FromMinutes(20);

    /// <summary>
    /// etcd's <c>--quota-backend-bytes</c>, in octets, for members that do not tell it (etcd below 3.6). The default is
    /// etcd's own (etcd.io/docs/v3.4/dev-guide/limit).
    /// </summary>
    public long QuotaBytes { get; init; } = 2L * 1024 * 1024 * 1024;
}
