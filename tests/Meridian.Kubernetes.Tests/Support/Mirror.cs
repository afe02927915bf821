using System.Collections.Concurrent;
using Meridian.Kubernetes.Watching;
using Microsoft.Extensions.Time.Testing;

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

    /// <summary>Waits until this was told and is kept.</summary>
    public Task UntilAsync(string told) => Wait.UntilAsync(() => Told == told && Kept == told,
        () => $"told: {Told}; kept: {Kept}; wanted: {told}; contact: {Informer.Contact}", seconds: 30);

    /// <summary>The same while virtual time passes.</summary>
    public Task PassUntilAsync(FakeTimeProvider time, string told) => Wait.PassUntilAsync(
        () => time.Advance(Wait.Pause), () => Told == told && Kept == told,
        () => $"told: {Told}; kept: {Kept}; wanted: {told}; contact: {Informer.Contact}", seconds: 30);

    public ValueTask DisposeAsync() => Informer.DisposeAsync();
}
