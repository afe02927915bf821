using System.Collections.Concurrent;
using System.Diagnostics;
using Meridian.Kubernetes.Watching;

namespace Meridian.Kubernetes.Tests.Support;

/// <summary>An informer of ConfigMaps, and what it told.</summary>
public sealed class Mirror : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, string> _told = [];

    public Mirror(TestServer place, InformerOptions? options = null, TimeProvider? time = null)
    {
        Informer = new Informer<string>(place.Client, ApiResources.ConfigMaps,
            (options ?? new InformerOptions()) with { Namespace = place.Namespace },
            document => document.TryGetProperty("data", out var data)
                && data.TryGetProperty("value", out var value) ? value.GetString() : null,
            change =>
            {
                Changes.Enqueue(change);
                if (change.After is null)
                    _told.TryRemove(change.Key.Name, out _);
                else
                    _told[change.Key.Name] = change.After;
            },
            time ?? TimeProvider.System);
        Informer.Start();
    }

    public Informer<string> Informer { get; }

    public ConcurrentQueue<ObjectChange<string>> Changes { get; } = [];

    /// <summary>Name and value of every object by what was told, in order.</summary>
    public string Told =>
        string.Join(' ', _told.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => $"{p.Key}={p.Value}"));

    /// <summary>The same by what is kept.</summary>
    public string Kept =>
        string.Join(' ', Informer.Objects.OrderBy(p => p.Key.Name, StringComparer.Ordinal)
            .Select(p => $"{p.Key.Name}={p.Value}"));

    public async Task UntilAsync(string told)
    {
        var limit = Stopwatch.StartNew();
        while (Told != told || Kept != told)
        {
            if (limit.Elapsed > TimeSpan.FromSeconds(30))
                Assert.Fail($"told: {Told}; kept: {Kept}; wanted: {told}; contact: {Informer.Contact}");
            await Task.Delay(10);
        }
    }

    public ValueTask DisposeAsync() => Informer.DisposeAsync();
}
