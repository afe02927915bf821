using Meridian.Testing.Etcd;

namespace Meridian.State.Tests.Etcd.Support;

/// <summary>One etcd for the tests of a class that do it no harm.</summary>
public sealed class EtcdFixture : IAsyncDisposable
{
    private Task? _start;

    public EtcdMember? Member { get; private set; }

    /// <summary>Starts it with the first test; skips the test where etcd is not installed.</summary>
    public Task ReadyAsync()
    {
        Assert.SkipWhen(EtcdMember.Missing is not null, EtcdMember.Missing ?? "");
        Member ??= new EtcdMember();
        return _start ??= Member.StartAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (Member is not null)
            await Member.DisposeAsync();
    }
}
