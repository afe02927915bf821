namespace Meridian.Acceptance.Support;

/// <summary>Two sites and one endpoint with policy Failover, ready to be broken.</summary>
internal sealed class TwoSites : IAsyncDisposable
{
    public const string Name = "app.example.org";

    private static int _next = Environment.ProcessId % 200;

    private TwoSites(FakeSite first, FakeSite second, int port)
    {
        First = first;
        Second = second;
        Port = port;
    }

    public FakeSite First { get; }

    public FakeSite Second { get; }

    public int Port { get; }

    public static TwoSites Start()
    {
        var octet = Interlocked.Increment(ref _next) % 250;
        var port = Ports.Free();
        return new TwoSites(new FakeSite($"127.31.{octet}.1", port).Start(),
            new FakeSite($"127.31.{octet}.2", port).Start(), port);
    }

    public string Configuration(string check = "interval: 500ms, confirmInterval: 100ms, timeout: 1s",
        string endpoint = "recovery: {ramp: 0s}") =>
        TestNode.Zone + TestYaml.Part("HealthCheck", "c", $"{{{check}, http: {{}}}}") +
        TestYaml.Part("AddressPool", "p",
            $"{{site: one, healthCheck: c, addresses: [{{value: {First.Address}, port: {Port}}}]}}") +
        TestYaml.Part("AddressPool", "s",
            $"{{site: two, healthCheck: c, addresses: [{{value: {Second.Address}, port: {Port}}}]}}") +
        TestYaml.Part("Site", "one", "{latitude: 1, longitude: 1}") +
        TestYaml.Part("Site", "two", "{latitude: 2, longitude: 2}") +
        TestYaml.Part("GlobalEndpoint", "e",
            $"{{hostname: {Name}, policy: Failover, ttl: 5s, minTtl: 1s, pools: [{{pool: p}}, {{pool: s}}], "
                + $"{endpoint}}}");

    public async ValueTask DisposeAsync()
    {
        await First.DisposeAsync();
        await Second.DisposeAsync();
    }
}
