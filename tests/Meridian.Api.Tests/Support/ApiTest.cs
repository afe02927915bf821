namespace Meridian.Api.Tests.Support;

/// <summary>A test with a server of its own.</summary>
public abstract class ApiTest : IAsyncLifetime
{
    internal ApiServer Server { get; private set; } = null!;

    internal FakeNode Node => Server.Node;

    public async ValueTask InitializeAsync() => Server = await ApiServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();
}
