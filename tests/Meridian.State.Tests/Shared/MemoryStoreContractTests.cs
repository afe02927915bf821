using Meridian.State.Shared;
using Meridian.Testing.Shared;

namespace Meridian.State.Tests.Shared;

public sealed class MemoryStoreContractTests : SharedStoreContract
{
    private readonly MemoryCluster _cluster = new();

    public override ValueTask InitializeAsync() => ValueTask.CompletedTask;

    protected override ISharedStore Connect() => _cluster.Connect();
}
