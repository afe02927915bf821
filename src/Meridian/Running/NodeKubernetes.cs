using System.Collections.Immutable;
using Meridian.Files;
using Meridian.Kubernetes;
using Meridian.Model;
using Meridian.Operator.Discovering;
using Meridian.Operator.Objects;

namespace Meridian.Running;

/// <summary>
/// What a node has to do with clusters: the one that holds its resources, and those that its addresses are in.
/// </summary>
internal sealed class NodeKubernetes : IAsyncDisposable
{
    /// <summary>How long a start waits for the API server before it goes on with what was taken last.</summary>
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(10);

    /// <summary>Changes of objects within this time are taken together.</summary>
    private static readonly TimeSpan Gather = TimeSpan.FromMilliseconds(50);

    /// <summary>How long the end of a node waits for what clusters said to be on disk.</summary>
    private static readonly TimeSpan SaveLimit = TimeSpan.FromSeconds(5);

    private readonly string _stateFolder;
    private readonly TimeProvider _time;
    private readonly Action<string> _log;
    private readonly ObjectSource? _objects;
    private readonly ITimer _gather;
    private readonly Discovery _remembered;
    private Task _saving = Task.CompletedTask;
    private volatile Action? _changed;
    private volatile Action<Discovery>? _discovered;
    private readonly ImmutableDictionary<string, ConfigurationObject> _saved;

    private NodeKubernetes(KubernetesOptions? options, string stateFolder, TimeProvider time, Action<string> log)
    {
        (_stateFolder, _time, _log) = (stateFolder, time, log);
        _gather = time.CreateTimer(_ => _changed?.Invoke(), null, Timeout.InfiniteTimeSpan,
            Timeout.InfiniteTimeSpan);
        _remembered = DiscoveryFile.Read(DiscoveryPath, log);
        _saved = options is null
            ? ImmutableDictionary<string, ConfigurationObject>.Empty
            : ObjectFile.Read(ObjectPath, log).ToImmutableDictionary(o => o.Id);
        if (options is not null)
        {
            try
            {
                Home = new ClusterClient(options.Kubeconfig is null
                    ? ClusterConfiguration.InCluster()
                    : ClusterConfiguration.File(options.Kubeconfig, options.Context));
            }
            catch (ClusterConfigurationException e)
            {
                throw new StartException(e.Message);
            }

            _objects = new ObjectSource(Home, options.Namespace, () => _gather.Change(Gather, Timeout.InfiniteTimeSpan),
                time);
        }

        Hub = new ClusterHub(Home, discovery => _discovered?.Invoke(discovery.Over(_remembered)), time, log,
            _remembered);
    }

    /// <summary>The cluster that holds the resources; null for none.</summary>
    public ClusterClient? Home { get; }

    public ClusterHub Hub { get; }

    /// <summary>Sets who is called when custom resources change, and when clusters say something else.</summary>
    public void Listen(Action changed, Action<Discovery> discovered) => (_changed, _discovered) = (changed, discovered);

    /// <summary>What clusters said before the start.</summary>
    public Discovery Remembered => _remembered;

    /// <summary>The objects as the API server has them; what was taken last while it has not been heard.</summary>
    public IReadOnlyCollection<ConfigurationObject> Objects =>
        _objects is { Synced.IsCompletedSuccessfully: true } ? _objects.Objects : [.. _saved.Values];

    /// <summary>What was taken before the start.</summary>
    public ImmutableDictionary<string, ConfigurationObject> Saved => _saved;

    /// <summary>What is not heard of the cluster that holds the resources.</summary>
    public IEnumerable<(string Kind, string Fault)> Faults => _objects?.Faults ?? [];

    private string ObjectPath => Path.Combine(_stateFolder, "objects.json");

    private string DiscoveryPath => DiscoveryPathIn(_stateFolder);

    /// <summary>Where a node with this state folder keeps what clusters say.</summary>
    public static string DiscoveryPathIn(string stateFolder) => Path.Combine(stateFolder, "clusters.json");

    /// <exception cref="StartException">The credentials cannot be used, or nothing is known of the
    /// resources.</exception>
    public static async Task<NodeKubernetes> StartAsync(KubernetesOptions? options, string stateFolder,
        TimeProvider time, Action<string> log, CancellationToken cancellationToken)
    {
        var kubernetes = new NodeKubernetes(options, stateFolder, time, log);
        if (kubernetes._objects is not { } objects)
            return kubernetes;
        await Task.WhenAny(objects.Synced, Task.Delay(StartLimit, time, cancellationToken));
        if (objects.Synced.IsCompletedSuccessfully)
            return kubernetes;
        cancellationToken.ThrowIfCancellationRequested();
        var fault = string.Join("; ", objects.Faults.Select(f => $"{f.Kind}: {f.Fault}").Distinct().Take(2));
        if (kubernetes._saved.IsEmpty)
        {
            await kubernetes.DisposeAsync();
            throw new StartException($"the resources cannot be read from {kubernetes.Home!.Server}, and none were " +
                $"applied before: {fault}");
        }

        log($"the resources cannot be read from {kubernetes.Home!.Server} yet, and those that were applied last are " +
            $"served: {fault}");
        return kubernetes;
    }

    /// <summary>Keeps what was taken, for the next start.</summary>
    public void Save(IEnumerable<ConfigurationObject> taken) => Keep(() => ObjectFile.Save(ObjectPath, taken));

    /// <summary>Keeps what clusters say, for the next start.</summary>
    public void Save(Discovery discovery) => Keep(() => DiscoveryFile.Save(DiscoveryPath, discovery));

    public async ValueTask DisposeAsync()
    {
        (_changed, _discovered) = (null, null);
        if (_objects is not null)
            await _objects.DisposeAsync();
        await Hub.DisposeAsync();
        await _gather.DisposeAsync();
        await Task.WhenAny(_saving, Task.Delay(SaveLimit, _time)); // the disk may not answer
        Home?.Dispose();
    }

    // Beside the control loop, which must not wait for a disk, and one after the other.
    private void Keep(Action save) => _saving = _saving.ContinueWith(_ =>
    {
        try
        {
            NewFile.MakeFolder(_stateFolder);
            save();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _log($"what clusters said cannot be kept for the next start: {e.Message}");
        }
    }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
}
