namespace Meridian.State.Etcd;

/// <summary>How far a store was known to be when something was asked of it.</summary>
/// <param name="Revision">The highest revision that it had answered with.</param>
/// <param name="Term">The highest raft term.</param>
internal readonly record struct EtcdMark(long Revision, ulong Term);
