namespace Meridian.State.Etcd;

/// <summary>How the store is, as its user is told.</summary>
internal readonly record struct EtcdCondition(bool IsAttached, long Session, string? Fault);
