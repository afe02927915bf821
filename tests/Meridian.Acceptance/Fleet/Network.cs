namespace Meridian.Acceptance.Fleet;

/// <summary>
/// Hosts of a test, each a network namespace of its own on one bridge, with links that are cut one way or both. The
/// machine's own network has no part in it.
/// </summary>
internal sealed class Network : IAsyncDisposable
{
    private const string Prefix = "10.231.0.";
    private const string Bridge = "bridge0";

    private static int _next;

    private readonly string _id = $"m{Environment.ProcessId % 10_000}{Interlocked.Increment(ref _next)}";
    private readonly Dictionary<string, string> _addresses = [];
    private readonly HashSet<(string From, string To)> _cuts = [];

    /// <summary>Why there can be none here; null where there can.</summary>
    public static async Task<string?> MissingAsync()
    {
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess || !Run.Has("ip") || !Run.Has("curl"))
            return "it takes root on Linux, iproute2 and curl to run nodes in network namespaces";
        var probe = $"m{Environment.ProcessId}probe";
        var added = await Run.ProgramAsync("ip", "netns", "add", probe);
        if (added.ExitCode != 0)
            return $"this machine makes no network namespaces: {added.Error.Trim()}";
        await Run.ProgramAsync("ip", "netns", "del", probe);
        return null;
    }

    /// <summary>Makes the bridge.</summary>
    public static async Task<Network> CreateAsync()
    {
        var network = new Network();
        try
        {
            await IpAsync("netns", "add", network.Hub);
            await network.InHubAsync("link", "add", "name", Bridge, "type", "bridge", "forward_delay", "0");
            await network.InHubAsync("link", "set", Bridge, "up");
            return network;
        }
        catch
        {
            await network.DisposeAsync();
            throw;
        }
    }

    public string AddressOf(string host) => _addresses[host];

    /// <summary>Adds a host.</summary>
    public async Task AddAsync(string host)
    {
        var (space, link) = (SpaceOf(host), $"v{_addresses.Count + 1}");
        var address = _addresses[host] = $"{Prefix}{_addresses.Count + 1}";
        await IpAsync("netns", "add", space);
        await InHubAsync("link", "add", link, "type", "veth", "peer", "name", "eth0", "netns", space);
        await InHubAsync("link", "set", link, "master", Bridge, "up");
        await IpAsync("-n", space, "link", "set", "lo", "up");
        await IpAsync("-n", space, "address", "add", $"{address}/24", "dev", "eth0");
        await IpAsync("-n", space, "link", "set", "eth0", "up");
    }

    /// <summary>A program with its arguments, as it is run on a host.</summary>
    public string[] On(string host, params string[] program) => ["ip", "netns", "exec", SpaceOf(host), .. program];

    public Task<Run> RunAsync(string host, params string[] program) =>
        Run.ProgramAsync("ip", ["netns", "exec", SpaceOf(host), .. program]);

    /// <summary>Lets nothing through any more from one host to another; the other way stays.</summary>
    public async Task CutAsync(string from, string to)
    {
        if (_cuts.Add((from, to)))
            await IpAsync("-n", SpaceOf(from), "route", "add", "blackhole", $"{AddressOf(to)}/32");
    }

    /// <summary>Lets everything through again.</summary>
    public async Task HealAsync()
    {
        foreach (var (from, to) in _cuts)
            await IpAsync("-n", SpaceOf(from), "route", "del", "blackhole", $"{AddressOf(to)}/32");
        _cuts.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _addresses.Keys)
            await Run.ProgramAsync("ip", "netns", "del", SpaceOf(host));
        await Run.ProgramAsync("ip", "netns", "del", Hub);
    }

    private string Hub => $"{_id}-hub";

    private string SpaceOf(string host) => $"{_id}-{host}";

    private Task InHubAsync(params string[] arguments) => IpAsync(["-n", Hub, .. arguments]);

    private static async Task IpAsync(params string[] arguments)
    {
        var run = await Run.ProgramAsync("ip", arguments);
        if (run.ExitCode != 0)
            throw new InvalidOperationException($"ip {string.Join(' ', arguments)}: {run.Error}");
    }
}
