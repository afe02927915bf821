namespace Meridian.State.Etcd;

/// <summary>A member of etcd that answers what cannot be used; the message says what, for people.</summary>
internal sealed class EtcdException(string message) : Exception(message);
