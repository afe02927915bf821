using Meridian.State.Etcd;
using Meridian.State.Shared;
using Meridian.State.Tests.Etcd.Support;
using Meridian.State.Tests.Shared;

namespace Meridian.State.Tests.Etcd;

/// <summary>The contract over a real etcd; each test has a cluster name of its own in it.</summary>
public sealed class EtcdStoreContractTests(EtcdFixture etcd) : SharedStoreContract, IClassFixture<EtcdFixture>
{
    private readonly string _cluster = $"c{Guid.NewGuid():n}";

    public override ValueTask InitializeAsync() => new(etcd.ReadyAsync());

    protected override ISharedStore Connect() => new EtcdStore(
        new EtcdOptions { Endpoints = [etcd.Member!.Address], Cluster = _cluster }, TimeProvider.System);
}
