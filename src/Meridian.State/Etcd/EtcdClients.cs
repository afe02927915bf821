using Etcdserverpb;
using Grpc.Core;

namespace Meridian.State.Etcd;

/// <summary>The generated clients of etcd's services, over one channel.</summary>
internal sealed class EtcdClients(ChannelBase channel)
{
    public KV.KVClient Keys { get; } = new(channel);

    public Watch.WatchClient Watch { get; } = new(channel);

    public Lease.LeaseClient Lease { get; } = new(channel);

    public Maintenance.MaintenanceClient Maintenance { get; } = new(channel);

    public Auth.AuthClient Auth { get; } = new(channel);
}
